/** One export of k6 under the names that are kept: what bears one name since then is one amount, one histogram. */
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import { mergeFast } from '../measure/histograms/merge-fast.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import type { Sink } from './collector.ts';
import type { Relabel } from './script-series.ts';

/** The most buckets that k6's own histograms have. */
const mostBuckets = 160;

interface Merged<Value> {
  series: string;
  labels: Labels;
  atMs: number | undefined;
  values: Value[];
}

class Groups<Value> {
  readonly #byName = new Map<string, Merged<Value>>();

  add(series: string, labels: Labels, value: Value, atMs: number | undefined): void {
    const key = `${series}\n${JSON.stringify(labels)}`;
    const known = this.#byName.get(key);
    if (known === undefined) this.#byName.set(key, { series, labels, atMs, values: [value] });
    else known.values.push(value);
  }

  take(): Merged<Value>[] {
    const all = [...this.#byName.values()];
    this.#byName.clear();
    return all;
  }
}

export interface MergedExport {
  sink: Sink;
  /** Hands on what has come since the last time. */
  flush(): void;
}

export const openMergedExport = (sink: Sink, relabel: Relabel): MergedExport => {
  const amounts = new Groups<number>();
  const histograms = new Groups<ExponentialHistogram>();
  const counted = new Set<string>();
  const sample: Sink['sample'] = (given, labels, value, atMs) => {
    const one = relabel(given, labels);
    // A level is none of several added up.
    if (counted.has(given)) amounts.add(one.series, one.labels, value, atMs);
    else sink.sample(one.series, one.labels, value, atMs);
  };
  return {
    sink: {
      ...sink,
      sample,
      declare: (given, kind) => {
        if (kind === 'delta') counted.add(given);
        sink.declare?.(relabel(given, {}).series, kind);
      },
      histogram: (given, labels, histogram, atMs) => {
        const one = relabel(given, labels);
        histograms.add(one.series, one.labels, histogram, atMs);
      },
    },
    flush: () => {
      for (const { series, labels, atMs, values } of amounts.take())
        sink.sample(
          series,
          labels,
          values.reduce((sum, value) => sum + value, 0),
          atMs,
        );
      for (const { series, labels, atMs, values } of histograms.take())
        sink.histogram(series, labels, mergeFast(values, mostBuckets), atMs);
    },
  };
};
