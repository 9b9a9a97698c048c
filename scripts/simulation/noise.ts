/** How much the figures of unchanged code vary: made, or drawn from repeats as they really were. */
import { median } from 'simple-statistics';
import { gatedMetrics } from '../../harness/compare/metrics.ts';
import { normalFrom, randomFrom } from '../../harness/measure/statistics/random.ts';
import type { RunResult, ScenarioResult } from '../../harness/result.ts';

/** One repeat's noise: a factor about 1 for each gated metric, in their order. */
export type DrawNoise = () => number[];

const defaultSeed = 20261121;

/** Independent log-normal noise of one coefficient of variation. */
export const evenNoise = (cv: number, seed = defaultSeed): DrawNoise => {
  const normal = normalFrom(randomFrom(seed));
  return () => gatedMetrics.map(() => Math.exp(cv * normal()));
};

/** One row a repeat: the logs of its figures' ratios to the median of its side. */
const rowsOfSide = (entries: readonly ScenarioResult[]): number[][] => {
  const valuesOf = ({ figures }: ScenarioResult): number[] => gatedMetrics.map(({ id }) => figures[id] ?? NaN);
  const values = entries.map(valuesOf);
  const medians = gatedMetrics.map((_, position) => median(values.map((row) => row[position]!)));
  return values
    .map((row) => row.map((value, position) => Math.log(value / medians[position]!)))
    .filter((row) => row.every(Number.isFinite));
};

/** Repeats of unchanged code as they really were: what goes together stays together. */
export const noiseRows = ({ scenarios }: RunResult): number[][] => {
  const sides = Map.groupBy(
    scenarios.filter(({ state }) => state === 'finished'),
    ({ name, variant, release }) => `${name}/${variant}/${release ?? 'head'}`,
  );
  return [...sides.values()].flatMap(rowsOfSide);
};

/** The measured coefficient of variation of each gated metric, in their order. */
export const spreadsOf = (rows: readonly (readonly number[])[]): number[] =>
  gatedMetrics.map((_, position) =>
    Math.sqrt(rows.reduce((total, row) => total + row[position]! ** 2, 0) / rows.length),
  );

/** Draws whole repeats from `rows`, smoothed by a fifth of each figure's spread so that few rows do not make ties. */
export const ownNoise = (rows: readonly (readonly number[])[], seed = defaultSeed): DrawNoise => {
  const random = randomFrom(seed);
  const normal = normalFrom(randomFrom(seed + 1));
  const spreads = spreadsOf(rows);
  return () =>
    rows[Math.floor(random() * rows.length)]!.map((ratio, position) =>
      Math.exp(ratio + 0.2 * spreads[position]! * normal()),
    );
};
