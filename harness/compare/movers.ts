/** Kinds of query that moved, from the samples of both sides: the explanation beside a verdict on query latency. */
import { quantile, type ExponentialHistogram } from '../measure/histograms/histogram.ts';
import { mergeFast } from '../measure/histograms/merge-fast.ts';
import { histogramsOf, type Observations } from '../measure/tracks/observations.ts';
import { histogramsWithin } from '../measure/tracks/windows.ts';
import type { ScenarioResult } from '../result.ts';
import type { Operation } from './comparison.ts';
import type { EntryPair } from './entries.ts';

type LoadEntry = (entry: string) => Promise<Observations | null>;
type HistogramsByQuery = Map<string, ExponentialHistogram[]>;

const series = 'db.client.operation.duration';
const label = 'db.operation.name';

/** Adds what one entry saw outside its warm-up. */
const add = (queries: HistogramsByQuery, { phases }: ScenarioResult, observations: Observations): void => {
  const judged = phases.filter(({ kind }) => kind !== 'warmup');
  for (const one of histogramsOf(observations, series)) {
    const name = one.labels[label] ?? 'query';
    queries.set(name, [...(queries.get(name) ?? []), ...histogramsWithin([one], judged)]);
  }
};

/** All repeats of a side together, one histogram for each kind of query. */
const sideOf = async (
  entries: readonly ScenarioResult[],
  load: LoadEntry,
): Promise<Map<string, ExponentialHistogram>> => {
  const queries: HistogramsByQuery = new Map();
  for (const entry of entries) {
    const observations = await load(entry.entry);
    if (observations !== null) add(queries, entry, observations);
  }
  const known = [...queries].filter(([, histograms]) => histograms.length > 0);
  return new Map(known.map(([name, histograms]) => [name, mergeFast(histograms)]));
};

const p95Ms = (histogram: ExponentialHistogram): number | null => {
  const seconds = quantile(histogram, 0.95);
  return seconds === null ? null : seconds * 1000;
};

/** Of fewer calls no p95 is told. */
const fewestCalls = 20;

const operation = (
  { scenario, variant, base, head }: EntryPair,
  name: string,
  [earlier, later]: [ExponentialHistogram, ExponentialHistogram],
): Operation => ({
  scenario,
  variant,
  name,
  base: p95Ms(earlier),
  head: p95Ms(later),
  calls: { base: earlier.count / base.length, head: later.count / head.length },
  secondsMore: later.sum / head.length - earlier.sum / base.length,
});

/** By how much more (or less) time each kind of query took in all; those that moved most first. */
export const operationsOf = async (
  pair: EntryPair,
  loaders: Record<'base' | 'head', LoadEntry>,
): Promise<Operation[]> => {
  const [before, after] = [await sideOf(pair.base, loaders.base), await sideOf(pair.head, loaders.head)];
  return [...after]
    .flatMap(([name, later]) => {
      const earlier = before.get(name);
      const comparable = earlier !== undefined && Math.min(earlier.count, later.count) >= fewestCalls;
      return comparable ? [operation(pair, name, [earlier, later])] : [];
    })
    .sort((a, b) => Math.abs(b.secondsMore) - Math.abs(a.secondsMore));
};
