/** Gauges as the causes ask for them: how high, how often, for how long. */
import { seriesOf, type Labels, type Observations, type Series } from '../../measure/tracks/observations.ts';
import { growthOf, sumAtSamples, type Window } from '../../measure/tracks/windows.ts';

export interface Level {
  /** 0 where nothing was sampled: then nothing is said of it. */
  count: number;
  peak: number;
  peakAtMs: number;
  mean: number;
  /** Of the samples, from 0 to 1. */
  shareAbove(value: number): number;
  samples: { tMs: readonly number[]; values: readonly number[] };
  /** As it was at the last sample until then; 0 before the first. */
  at(tMs: number): number;
  /** The level added up over time: waiting clients give the seconds that they waited. */
  seconds: number;
}

/** Samples are a second apart, or half a second; a longer hole adds nothing. */
const longestStepMs = 2500;

const integralOf = (tMs: readonly number[], values: readonly number[]): number =>
  values.reduce((total, value, index) => {
    const stepMs = index === 0 ? 0 : tMs[index]! - tMs[index - 1]!;
    return stepMs > longestStepMs ? total : total + (value * stepMs) / 1000;
  }, 0);

export const levelOf = (series: readonly Series[], windows: readonly Window[]): Level => {
  const { tMs, values } = sumAtSamples(series, windows);
  const peak = values.reduce((most, value) => Math.max(most, value), 0);
  return {
    count: values.length,
    peak,
    peakAtMs: tMs[values.indexOf(peak)] ?? 0,
    mean: values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length,
    shareAbove: (limit) => (values.length === 0 ? 0 : values.filter((value) => value > limit).length / values.length),
    samples: { tMs, values },
    at: (wanted) => values[tMs.findLastIndex((one) => one <= wanted)] ?? 0,
    seconds: integralOf(tMs, values),
  };
};

/** Levels and growth of series by name, under load. */
export interface Levels {
  level(name: string, labels?: Labels): Level;
  growth(name: string, labels?: Labels): number;
  last(name: string, labels?: Labels): number | null;
  has(name: string, labels?: Labels): boolean;
}

export const levelsOf = (observations: Observations, windows: readonly Window[]): Levels => ({
  level: (name, labels) => levelOf(seriesOf(observations, name, labels), windows),
  growth: (name, labels) => growthOf(seriesOf(observations, name, labels), windows),
  last: (name, labels) => seriesOf(observations, name, labels)[0]?.values.at(-1) ?? null,
  has: (name, labels) => seriesOf(observations, name, labels).some(({ values }) => values.length > 0),
});
