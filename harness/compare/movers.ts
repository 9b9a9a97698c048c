/** Which kinds of query moved, from the samples of both sides: the explanation beside a verdict on query latency. */
import { quantile, type ExponentialHistogram } from '../measure/histograms/histogram.ts';
import { mergeFast } from '../measure/histograms/merge-fast.ts';
import { histogramsOf, type Observations } from '../measure/tracks/observations.ts';
import type { ScenarioResult } from '../result.ts';
import type { Operation } from './comparison.ts';
import type { EntryPair } from './likeness.ts';

type Operations = Map<string, ExponentialHistogram>;
type Seen = Map<string, ExponentialHistogram[]>;

const series = 'db.client.operation.duration';
const label = 'db.operation.name';

/** Adds what one entry saw outside its warm-up. */
const add = (operations: Seen, { phases }: ScenarioResult, observations: Observations): void => {
  const judged = phases.filter(({ kind }) => kind !== 'warmup');
  for (const { labels, tMs, histograms } of histogramsOf(observations, series)) {
    const name = labels[label] ?? 'query';
    const seen = histograms.filter((_, index) =>
      judged.some(({ startMs, endMs }) => tMs[index]! > startMs && tMs[index]! <= endMs),
    );
    operations.set(name, [...(operations.get(name) ?? []), ...seen]);
  }
};

const sideOf = async (
  entries: readonly ScenarioResult[],
  observationsOf: (entry: string) => Promise<Observations | null>,
): Promise<Operations> => {
  const seen: Seen = new Map();
  for (const entry of entries) {
    const observations = await observationsOf(entry.entry);
    if (observations !== null) add(seen, entry, observations);
  }
  return new Map(
    [...seen].flatMap(([name, histograms]) => (histograms.length === 0 ? [] : [[name, mergeFast(histograms)]])),
  );
};

const milliseconds = (histogram: ExponentialHistogram | undefined): number | null => {
  const seconds = histogram === undefined ? null : quantile(histogram, 0.95);
  return seconds === null ? null : seconds * 1000;
};

/** Fewer calls give no p95. */
const fewestCalls = 20;

/** By how much more (or less) time each kind of query took in all; those that moved most first. */
export const operationsOf = async (
  { scenario, variant, base, head }: EntryPair,
  loaders: Record<'base' | 'head', (entry: string) => Promise<Observations | null>>,
): Promise<Operation[]> => {
  const [before, after] = [await sideOf(base, loaders.base), await sideOf(head, loaders.head)];
  return [...after]
    .flatMap(([name, histogram]) => {
      const other = before.get(name);
      if (other === undefined || Math.min(other.count, histogram.count) < fewestCalls) return [];
      const calls = { base: other.count / base.length, head: histogram.count / head.length };
      return [
        {
          scenario,
          variant,
          name,
          base: milliseconds(other),
          head: milliseconds(histogram),
          calls,
          secondsMore: histogram.sum / head.length - other.sum / base.length,
        },
      ];
    })
    .sort((a, b) => Math.abs(b.secondsMore) - Math.abs(a.secondsMore));
};
