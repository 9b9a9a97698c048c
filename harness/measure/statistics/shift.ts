/** How far head lies from base: the Hodges-Lehmann shift, and its interval by the bootstrap. */
import { medianSorted, quantileSorted } from 'simple-statistics';
import type { Random } from './random.ts';

export interface Interval {
  low: number;
  high: number;
}

/** The library asks for arrays that it may change and only reads them: a copy would double the time of a bootstrap. */
const asArray = (values: ArrayLike<number>): number[] => values as number[];

const shiftOf = (base: ArrayLike<number>, head: ArrayLike<number>, differences: Float64Array): number => {
  let at = 0;
  for (let h = 0; h < head.length; h += 1) {
    for (let b = 0; b < base.length; b += 1) differences[at++] = head[h]! - base[b]!;
  }
  return medianSorted(asArray(differences.sort()));
};

/**
 * Median of all differences head minus base (Hodges and Lehmann 1963); R's `wilcox.test(conf.int=TRUE)` estimate when
 * exact.
 */
export const hodgesLehmann = (base: readonly number[], head: readonly number[]): number =>
  shiftOf(base, head, new Float64Array(base.length * head.length));

const resample = (from: readonly number[], into: Float64Array, random: Random): Float64Array => {
  for (let position = 0; position < into.length; position += 1)
    into[position] = from[Math.floor(random() * from.length)]!;
  return into;
};

/** Percentile bootstrap of the Hodges-Lehmann shift (Efron 1979): both sides resampled, `confidence` in the middle. */
export const shiftInterval = (
  base: readonly number[],
  head: readonly number[],
  random: Random,
  { resamples = 2000, confidence = 0.95 } = {},
): Interval => {
  const baseSample = new Float64Array(base.length);
  const headSample = new Float64Array(head.length);
  const differences = new Float64Array(base.length * head.length);
  const shifts = Float64Array.from({ length: resamples }, () =>
    shiftOf(resample(base, baseSample, random), resample(head, headSample, random), differences),
  ).sort();
  return middleOf(shifts, confidence);
};

/** Percentile bootstrap of a statistic of one sample. */
export const bootstrapInterval = (
  sample: readonly number[],
  statistic: (values: Float64Array) => number,
  random: Random,
  { resamples = 2000, confidence = 0.95 } = {},
): Interval => {
  const drawn = new Float64Array(sample.length);
  return middleOf(
    Float64Array.from({ length: resamples }, () => statistic(resample(sample, drawn, random))).sort(),
    confidence,
  );
};

const middleOf = (sorted: Float64Array, confidence: number): Interval => {
  const values = asArray(sorted);
  return { low: quantileSorted(values, (1 - confidence) / 2), high: quantileSorted(values, (1 + confidence) / 2) };
};
