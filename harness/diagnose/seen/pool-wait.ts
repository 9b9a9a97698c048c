/** That somebody waits for a connection of the app pool, as one source shows it. */
import type { Evidence } from '../../result.ts';

export interface PoolWait {
  sentence: string;
  number: string;
  evidence: Evidence[];
  /** Connections that would have been in use had nobody waited, of all replicas; null where only the wait was seen. */
  wanted: number | null;
  /** What each of so many replicas has; absent: not seen. */
  pools?: Pools;
  seconds: number | null;
  /** Where it is not the pools' size or the load in general. */
  remedy?: string;
}

export interface Pools {
  replicas: number;
  /** The largest pool of a replica. */
  each: number;
}
