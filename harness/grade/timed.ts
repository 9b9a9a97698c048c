/** What was seen, instant by instant, as worst stretches are made of it. */
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import type { HistogramSeries, Series } from '../measure/tracks/observations.ts';

/** What was seen at an instant. */
export interface Timed<Item> {
  atMs: number;
  item: Item;
}

/** Observations of an interval, and how many more there were that count as slower than all of them. */
export interface Durations {
  histogram: ExponentialHistogram | null;
  failed: number;
}

/** A share of two counts: `part` of `all`. */
export interface Counts {
  part: number;
  all: number;
}

/** The samples of a series that are not zero. */
export const timedOf = <Item>({ tMs, values }: Series, itemOf: (value: number) => Item): Timed<Item>[] =>
  Array.from(tMs, (atMs, index) => ({ atMs, value: values[index]! }))
    .filter(({ value }) => value > 0)
    .map(({ atMs, value }) => ({ atMs, item: itemOf(value) }));

export const timedHistograms = (series: readonly HistogramSeries[]): Timed<Durations>[] =>
  series.flatMap(({ tMs, histograms }) =>
    histograms.map((histogram, index) => ({ atMs: tMs[index]!, item: { histogram, failed: 0 } })),
  );
