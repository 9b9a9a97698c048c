/** Small generator of observations for the report's tests: smooth shapes with noise, the same on every call. */
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';
import type { HistogramSeries, Labels, Observations, Series } from '../../measure/tracks/observations.ts';

/** mulberry32: small, seeded, good enough for noise. */
const randomFrom = (seed: number) => {
  let state = seed >>> 0;
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const scale = 5;
const base = 2 ** (2 ** -scale);

/** A histogram of these values at scale 5 (buckets 2.2 % wide), as the OpenTelemetry data model defines it. */
export const histogramFrom = (values: readonly number[]): ExponentialHistogram => {
  const positive = values.filter((value) => value > 0);
  const indexes = positive.map((value) => Math.ceil(Math.log(value) / Math.log(base)) - 1);
  const offset = indexes.length > 0 ? Math.min(...indexes) : 0;
  const counts = new Array<number>(indexes.length > 0 ? Math.max(...indexes) - offset + 1 : 0).fill(0);
  for (const index of indexes) counts[index - offset]! += 1;
  return {
    scale,
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    zeroCount: values.length - positive.length,
    offset,
    counts,
  };
};

export interface Synthesis {
  /** A sample at each instant from a shape; `noise` is relative. */
  gauge(name: string, labels: Labels, shape: (seconds: number) => number, noise?: number): void;
  /** Grows by shape(t) per second. */
  counter(name: string, labels: Labels, perSecond: (seconds: number) => number, noise?: number): void;
  /** Δ: shape(t) per interval. */
  delta(name: string, labels: Labels, perSecond: (seconds: number) => number, noise?: number): void;
  /** Δ histogram: `count` log-normal values around the median each second. */
  histogram(
    name: string,
    labels: Labels,
    shape: (seconds: number) => { count: number; median: number; spread?: number },
  ): void;
  log(seconds: number, component: string, text: string): void;
  lost(source: string, reason: string): void;
  done(): Observations;
}

/** Samples from `fromSeconds` to `toSeconds` of the run, every `everySeconds`. */
export const synthesize = (options: {
  seed: number;
  fromSeconds: number;
  toSeconds: number;
  everySeconds?: number;
}): Synthesis => {
  const random = randomFrom(options.seed);
  const every = options.everySeconds ?? 1;
  const count = Math.floor((options.toSeconds - options.fromSeconds) / every);
  const instants = Float64Array.from({ length: count }, (_, index) => options.fromSeconds + (index + 1) * every);
  const tMs = instants.map((seconds) => Math.round(seconds * 1000 + (random() - 0.5) * 40));
  const series: Series[] = [];
  const histograms: HistogramSeries[] = [];
  const observations: Observations = { series, histograms, logLines: [], sources: [] };
  const noisy = (value: number, noise: number): number => Math.max(0, value * (1 + (random() * 2 - 1) * noise));
  const normal = (): number => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  const push = (name: string, labels: Labels, values: Float64Array): void => {
    series.push({ name, labels, tMs, values });
  };

  return {
    gauge: (name, labels, shape, noise = 0.05) =>
      push(
        name,
        labels,
        instants.map((at) => noisy(shape(at - options.fromSeconds), noise)),
      ),
    delta: (name, labels, shape, noise = 0.1) =>
      push(
        name,
        labels,
        instants.map((at) => Math.round(noisy(shape(at - options.fromSeconds) * every, noise))),
      ),
    counter: (name, labels, shape, noise = 0.1) => {
      let total = 1000;
      push(
        name,
        labels,
        instants.map((at) => {
          total += noisy(shape(at - options.fromSeconds) * every, noise);
          return total;
        }),
      );
    },
    histogram: (name, labels, shape) => {
      const made = Array.from(instants, (at) => {
        const { count: size, median, spread = 0.5 } = shape(at - options.fromSeconds);
        return histogramFrom(
          Array.from({ length: Math.round(noisy(size * every, 0.1)) }, () => median * Math.exp(normal() * spread)),
        );
      });
      histograms.push({ name, labels, tMs, histograms: made });
    },
    log: (seconds, component, text) => {
      (observations.logLines as { atMs: number; component: string; instance: number; text: string }[]).push({
        atMs: (options.fromSeconds + seconds) * 1000,
        component,
        instance: 0,
        text,
      });
    },
    lost: (source, reason) => {
      (observations.sources as { source: string; ok: boolean; reason: string }[]).push({ source, ok: false, reason });
    },
    done: () => observations,
  };
};
