/**
 * A run's tracks at 120 points an entry: what `keep` stores in git and `compare` draws; 10 to 20 kB an entry as JSON.
 */
export const rollUpSchema = 'pgsurge.rollup/1';

export const rollUpPoints = 120;

export interface RollUp {
  schema: typeof rollUpSchema;
  /** The time of the first point, in ms from the run's start. */
  startMs: number;
  stepMs: number;
  /** Three significant digits; null where nothing was seen. */
  tracks: { id: string; title: string; unit: string; values: (number | null)[] }[];
}

/** Tracks that comparisons draw and pair: the last to go when space is short. */
export const comparedTracks = [
  'latency.p95',
  'requests.ok',
  'requests.error',
  'jobs.done',
  'time.pool-wait',
  'time.database',
  'pool.used',
  'pool.pending',
  'pooler.clients.waiting',
  'sessions.total',
  'cpu.service',
  'cpu.database',
];
