/**
 * A text that must appear in a log (withinSeconds: of the service's start), a series that must reach a bound, or a
 * query whose answer must, once the load has ended.
 */
export type Observation =
  | {
      kind: 'log';
      component: 'service' | 'pooler' | 'database';
      contains: string;
      atLeast?: number | null;
      withinSeconds?: number | null;
    }
  | {
      kind: 'series';
      series: string;
      labels?: Record<string, string> | null;
      /** Taken away at each instant: what one side believes and the other does not have. Not with sum or delta. */
      minus?: { series: string; labels?: Record<string, string> | null } | null;
      statistic: 'max' | 'min' | 'last' | 'first' | 'sum' | 'delta';
      comparator: '<' | '<=' | '=' | '>=' | '>';
      value: number;
      /** Seconds after the service's start, or after the phase's where one is named. */
      fromSeconds?: number | null;
      withinSeconds?: number | null;
      phase?: string | null;
    }
  | {
      /** Of all observations of a histogram, the one that this share of them (0..1) does not exceed. */
      kind: 'quantile';
      series: string;
      labels?: Record<string, string> | null;
      share: number;
      comparator: '<' | '<=' | '=' | '>=' | '>';
      value: number;
      phase?: string | null;
    }
  | {
      /** A count as a share (0..1) of another: of all requests those that were done, for example. */
      kind: 'share';
      series: string;
      labels?: Record<string, string> | null;
      of: { series: string; labels?: Record<string, string> | null };
      comparator: '<' | '<=' | '=' | '>=' | '>';
      value: number;
      phase?: string | null;
    }
  | { kind: 'sql'; query: string; comparator: '<' | '<=' | '=' | '>=' | '>'; value: number };
