import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import type { Labels, SeriesKind } from '../measure/tracks/observations.ts';
import type { StartedStack, Component } from '../stack/stack.ts';

/** Where collectors put what they see. Times are ms from the run's start, from one monotonic clock. */
export interface Sink {
  nowMs(): number;
  sample(series: string, labels: Labels, value: number, atMs?: number): void;
  histogram(series: string, labels: Labels, histogram: ExponentialHistogram, atMs?: number): void;
  log(component: string, instance: number, text: string, atMs?: number): void;
  /** Say that the source failed, or speaks again. The last word of each source counts, failures are kept. */
  source(name: string, ok: boolean, reason: string): void;
  /** What the values of that series are, if not a gauge; said before its first sample. Needed to thin long series rightly. */
  declare?(series: string, kind: SeriesKind): void;
}

export interface WantedLine {
  component: string;
  contains: string;
}

export interface CollectContext {
  stack: StartedStack;
  components: () => readonly Component[];
  /** Where SQL probes connect; connections are opened once at start and held. */
  probeUrl: string;
  intervalMs: number;
  /** Lines kept beside the errors: a symptom's text need not be an error. */
  wantedLines?: readonly WantedLine[];
  sink: Sink;
}

/** One source of samples; one file under `harness/collect/collectors/`. */
export interface Collector {
  id: string;
  title: string;
  /** Resolves once its connections are held; a rejection makes the source lost, not the run. */
  start(context: CollectContext): Promise<AsyncDisposable>;
}
