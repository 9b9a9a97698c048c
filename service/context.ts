import type { AppPool } from './app-pool.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Settings } from './settings.ts';

/** What every part of one replica shares. */
export interface Context {
  readonly settings: Settings;
  /** For connections beside the app pool. */
  readonly databaseUrl: string;
  readonly pool: AppPool;
  /** Of queue workers; the app pool itself unless batch has one of its own. */
  readonly batchPool: AppPool;
  /** Connections opened before the workers start. */
  readonly warmConnections: number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Handlers of messages and of dispatched ticks that run. */
  readonly handlers: { running: number };
  /** Base URL of the server that stands for the sites to crawl. */
  readonly partnerUrl: string;
  /** This replica's number, from 0. */
  readonly replica: number;
  readonly replicas: number;
  readonly seed: number;
  readonly timeScale: number;
  /** Aborted when the replica is told to stop: take no new work. */
  readonly stopping: AbortSignal;
}

/** This replica's part of something that is set for all replicas together; the first ones get what is left over. */
export const shareOf = (total: number, replica: number, replicas: number): number =>
  Math.floor(total / replicas) + (replica < total % replicas ? 1 : 0);
