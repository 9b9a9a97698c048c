import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import type { Labels, SeriesKind } from '../measure/tracks/observations.ts';
import type { StartedStack, Component } from '../stack/stack.ts';

/** Where collectors put what they see. Times are ms from the run's start, from one monotonic clock. */
export interface Sink {
  nowMs(): number;
  sample(series: string, labels: Labels, value: number, atMs?: number): void;
  histogram(series: string, labels: Labels, histogram: ExponentialHistogram, atMs?: number): void;
  /** `family` where the line is an error; a line that is only worth showing has none. */
  log(component: string, instance: number, text: string, atMs?: number, family?: string): void;
  /** Says that the source failed, or answers again. The last word on each source counts; failures are kept too. */
  source(name: string, ok: boolean, reason: string): void;
  /**
   * Says that a series is no gauge, but counts. It must come before the first sample:
   * long series of gauges and of counters are shortened differently.
   */
  declare?(series: string, kind: SeriesKind): void;
}

/** A text that a symptom looks for in a component's log. */
export interface SymptomText {
  component: string;
  contains: string;
}

export interface CollectContext {
  stack: StartedStack;
  components: () => readonly Component[];
  /** Where SQL probes connect; connections are opened once at start and held. */
  probeUrl: string;
  intervalMs: number;
  /** How long the entry's load is planned to be; not known to who watches anything else. */
  lengthMs?: number;
  /** Lines with these texts are kept even where they are no errors. */
  symptomTexts?: readonly SymptomText[];
  sink: Sink;
}

/** One source of samples; one file under `harness/collect/collectors/`. */
export interface Collector {
  id: string;
  title: string;
  /** Resolves once its connections are held; a rejection makes the source lost, not the run. */
  start(context: CollectContext): Promise<AsyncDisposable>;
}
