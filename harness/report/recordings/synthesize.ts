/** Small generator of observations for the report's tests: smooth shapes with noise, the same on every call. */
import { histogramOf } from '../../measure/histograms/fixtures/histogram-of.ts';
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';
import { randomFrom } from '../../measure/statistics/random.ts';
import type { HistogramSeries, Labels, Observations, Series } from '../../measure/tracks/observations.ts';

type LogLine = Observations['logLines'][number];
type Source = Observations['sources'][number];

/** Buckets 2.2 % wide. */
const scale = 5;

export const histogramFrom = (values: readonly number[]): ExponentialHistogram => histogramOf(values, scale);

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

interface SynthesisOptions {
  seed: number;
  fromSeconds: number;
  toSeconds: number;
  everySeconds?: number;
}

type Shape = (seconds: number) => number;

interface Noise {
  /** Within ± `share` of the value, never below 0. */
  around(value: number, share: number): number;
  /** Of the standard normal distribution. */
  normal(): number;
}

const noiseFrom = (random: () => number): Noise => ({
  around: (value, share) => Math.max(0, value * (1 + (random() * 2 - 1) * share)),
  normal: () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random()),
});

/** Samples from `fromSeconds` to `toSeconds` of the run, every `everySeconds`. */
export const synthesize = ({ seed, fromSeconds, toSeconds, everySeconds = 1 }: SynthesisOptions): Synthesis => {
  const random = randomFrom(seed);
  const { around, normal } = noiseFrom(random);
  const count = Math.floor((toSeconds - fromSeconds) / everySeconds);
  /** Seconds from the entry's start. */
  const instants = Float64Array.from({ length: count }, (_, index) => (index + 1) * everySeconds);
  const tMs = instants.map((at) => Math.round((fromSeconds + at) * 1000 + (random() - 0.5) * 40));
  const series: Series[] = [];
  const histograms: HistogramSeries[] = [];
  const logLines: LogLine[] = [];
  const sources: Source[] = [];
  const add = (name: string, labels: Labels, valueAt: Shape): void => {
    series.push({ name, labels, tMs, values: instants.map((at) => valueAt(at)) });
  };
  return {
    gauge: (name, labels, shape, noise = 0.05) => add(name, labels, (at) => around(shape(at), noise)),
    delta: (name, labels, shape, noise = 0.1) =>
      add(name, labels, (at) => Math.round(around(shape(at) * everySeconds, noise))),
    counter: (name, labels, shape, noise = 0.1) => {
      let total = 1000;
      add(name, labels, (at) => (total += around(shape(at) * everySeconds, noise)));
    },
    histogram: (name, labels, shape) => {
      const made = Array.from(instants, (at) => {
        const { count: size, median, spread = 0.5 } = shape(at);
        const length = Math.round(around(size * everySeconds, 0.1));
        return histogramFrom(Array.from({ length }, () => median * Math.exp(normal() * spread)));
      });
      histograms.push({ name, labels, tMs, histograms: made });
    },
    log: (at, component, text) => logLines.push({ atMs: (fromSeconds + at) * 1000, component, instance: 0, text }),
    lost: (source, reason) => sources.push({ source, ok: false, reason }),
    done: () => ({ series, histograms, logLines, sources }),
  };
};
