/** What a chart is. Each file in `kinds/` holds one; a criterion's `chart` names it by its id. */
import type { Track, TrackMaker } from '../../measure/tracks/track.ts';
import type { ScenarioResult } from '../../result.ts';

export type Tracks = ReadonlyMap<string, Track>;

/** A horizontal line that the series are read against: a criterion's bound, or a limit of the configuration. */
export interface ReferenceLine {
  value: number;
  label: string;
  kind: 'bound' | 'limit';
}

interface Budget {
  cores: number;
  memoryBytes: number;
}

/** By component name; null where the component has none. */
export type Budgets = Readonly<Record<string, Budget | null | undefined>>;

export interface ReferenceContext {
  scenario: ScenarioResult;
  tracks: Tracks;
  budgets: Budgets;
}

/** What the page says of a chart, whatever is drawn in it. */
export interface ChartHeading {
  id: string;
  title: string;
  unit: string;
  /** How to read it: one sentence. */
  reads: string;
  /** Said in place of the chart when every value is zero. */
  quiet?: string;
  /** Latency spans decades: a logarithmic axis keeps the good and the bad legible beside their bound. */
  scale?: 'log';
}

export interface Chart extends ChartHeading {
  /** Charts stand in the order of these numbers; null: drawn only where an incident names it as its key chart. */
  place: number | null;
  /** Track ids stacked from the bottom; `prefix.*` takes all that begin so. */
  stack: string[];
  /** Track ids drawn as lines over the stack. */
  lines: string[];
  /** Makes tracks that only this chart shows. */
  makers?: readonly TrackMaker[];
  referenceLines?(context: ReferenceContext): ReferenceLine[];
  /** Each track is drawn as a share of its component's budget. */
  perBudget?: 'cores' | 'memory';
}

/** Those that every story shows. */
export const storyCharts = (charts: readonly Chart[]): Chart[] => charts.filter(({ place }) => place !== null);
