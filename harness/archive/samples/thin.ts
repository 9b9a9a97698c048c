/**
 * Long series made short enough to judge and draw, without losing what matters. Of each stretch of time a gauge or a
 * cumulative counter keeps its first, lowest, highest and last sample, each at its own time, so extremes and growth are
 * exact. Of deltas each stretch keeps the sum, at the time of its last. Histograms of a stretch are merged exactly.
 */
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';
import { mergeFast } from '../../measure/histograms/merge-fast.ts';
import type { SeriesKind } from '../../measure/tracks/observations.ts';

/** 5.5 hours at one sample a second: the full profile is never thinned. */
export const mostPoints = 20_000;
export const mostHistograms = 3_600;

export interface Extent {
  count: number;
  firstMs: number;
  lastMs: number;
}

/** Width of a stretch in whole seconds; 0 where the series is short enough as it is. */
export const stretchMs = ({ count, firstMs, lastMs }: Extent, most: number, perStretch: number): number =>
  count <= most ? 0 : Math.max(1, Math.ceil(((lastMs - firstMs) * perStretch) / most / 1000)) * 1000;

export interface KeptSamples {
  tMs: Float64Array;
  values: Float64Array;
}

/** Takes samples in time order and gives back the points to keep. */
export interface Collecting {
  add(tMs: number, value: number): void;
  points(): KeptSamples;
}

const keepAll = (count: number): Collecting => {
  const tMs = new Float64Array(count);
  const values = new Float64Array(count);
  let used = 0;
  return {
    add: (time, value) => {
      tMs[used] = time;
      values[used] = value;
      used += 1;
    },
    points: () => ({ tMs: tMs.subarray(0, used), values: values.subarray(0, used) }),
  };
};

const keepSums = (widthMs: number): Collecting => {
  const tMs: number[] = [];
  const values: number[] = [];
  let stretch = NaN;
  return {
    add: (time, value) => {
      // A delta stands for the time before its stamp.
      const current = Math.floor((time - 1) / widthMs);
      if (current !== stretch) {
        stretch = current;
        tMs.push(time);
        values.push(value);
      } else {
        tMs[tMs.length - 1] = time;
        values[values.length - 1]! += value;
      }
    },
    points: () => ({ tMs: Float64Array.from(tMs), values: Float64Array.from(values) }),
  };
};

interface Sample {
  time: number;
  value: number;
}

const keepExtremes = (widthMs: number): Collecting => {
  const kept: Sample[] = [];
  let stretch = NaN;
  let first: Sample | null = null;
  let low: Sample, high: Sample, last: Sample;
  const end = (): void => {
    if (first === null) return;
    kept.push(...new Set([first, low, high, last].sort((a, b) => a.time - b.time)));
    first = null;
  };
  return {
    add: (time, value) => {
      const current = Math.floor(time / widthMs);
      const sample = { time, value };
      if (current !== stretch) end();
      stretch = current;
      if (first === null) low = high = first = sample;
      else if (value < low.value) low = sample;
      else if (value > high.value) high = sample;
      last = sample;
    },
    points: () => {
      end();
      return {
        tMs: Float64Array.from(kept, ({ time }) => time),
        values: Float64Array.from(kept, ({ value }) => value),
      };
    },
  };
};

export const collecting = (extent: Extent, kind: SeriesKind): Collecting => {
  const width = stretchMs(extent, mostPoints, kind === 'delta' ? 1 : 4);
  if (width === 0) return keepAll(extent.count);
  return kind === 'delta' ? keepSums(width) : keepExtremes(width);
};

/** Sources stamp their own samples: a late one would put a series out of order, which everyone after relies on. */
export const inOrder = ({ tMs, values }: KeptSamples): KeptSamples => {
  if (tMs.every((time, index) => index === 0 || tMs[index - 1]! <= time)) return { tMs, values };
  const order = Array.from(tMs.keys()).sort((a, b) => tMs[a]! - tMs[b]!);
  return {
    tMs: Float64Array.from(order, (index) => tMs[index]!),
    values: Float64Array.from(order, (index) => values[index]!),
  };
};

/** Takes histograms in time order, merging those of one stretch as soon as it is over. */
export interface CollectingHistograms {
  add(tMs: number, histogram: ExponentialHistogram): void;
  series(): { tMs: Float64Array; histograms: ExponentialHistogram[] };
}

export const collectingHistograms = (extent: Extent): CollectingHistograms => {
  const width = Math.max(1, stretchMs(extent, mostHistograms, 1));
  const tMs: number[] = [];
  const histograms: ExponentialHistogram[] = [];
  let open: ExponentialHistogram[] = [];
  let stretch = NaN;
  const end = (): void => {
    if (open.length > 0) histograms.push(mergeFast(open));
    open = [];
  };
  return {
    add: (time, histogram) => {
      const current = Math.floor((time - 1) / width);
      if (current !== stretch) {
        end();
        tMs.push(time);
      }
      stretch = current;
      tMs[tMs.length - 1] = time;
      open.push(histogram);
    },
    series: () => {
      end();
      return { tMs: Float64Array.from(tMs), histograms };
    },
  };
};
