/**
 * The app pool: node-pg's pool with its waits, uses and failures measured by the OpenTelemetry
 * conventions for database client pools. Everything the service does on the database goes through here.
 */
import pg from 'pg';
import { databaseFailure, DatabaseFailure, endsConnection, type Stage } from './errors.ts';
import { messageOf, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Settings } from './settings.ts';
import { poolInstruments, timedClient, type PoolInstruments } from './pool-instruments.ts';

export type Row = Record<string, unknown>;

/** One connection, checked out. */
export interface Session {
  /** `operation` is the kind of query, label db.operation.name. Rejects with DatabaseFailure. */
  query<R extends Row>(operation: string, text: string, values?: unknown[]): Promise<R[]>;
}

/** A session kept until `release`; `onLost` fires once when its connection dies. */
export interface HeldSession extends Session {
  onNotification(listener: () => void): void;
  onLost(listener: () => void): void;
  release(broken?: boolean): void;
}

export interface PoolCounts {
  total: number;
  idle: number;
  waiting: number;
  max: number;
}

export interface AppPool {
  counts(): PoolCounts;
  /** One statement on a connection of its own; it is its own transaction, counted under `operation`. */
  query<R extends Row>(operation: string, text: string, values?: unknown[]): Promise<R[]>;
  /** BEGIN, body, COMMIT. A throw in the body rolls back; DatabaseFailure says whether the work happened. */
  transaction<T>(
    name: string,
    body: (session: Session) => Promise<T>,
    beforeCommit?: (value: T) => Promise<void>,
  ): Promise<T>;
  hold(): Promise<HeldSession>;
  /** Opens that many connections at once and gives them back. */
  warm(connections: number): Promise<void>;
  end(): Promise<void>;
}

/** Throw it in a transaction's body to roll back on purpose: no failure, counted as ok. */
export class Abandon extends Error {
  /** The body has read what earlier attempts of the same write did, so none of their outcomes is open any more. */
  readonly settles: boolean = false;
}

export interface PoolOptions {
  connectionString: string;
  applicationName: string;
  settings: Settings;
  metrics: Metrics;
  log: Log;
}

const nothing = (): void => undefined;
const seconds = (sinceMs: number): number => (performance.now() - sinceMs) / 1000;

interface Lease {
  client: pg.PoolClient;
  sinceMs: number;
}

class InstrumentedPool implements AppPool {
  readonly #pool: pg.Pool;
  readonly #settings: Settings;
  readonly #instruments: PoolInstruments;

  constructor({ connectionString, applicationName, settings, metrics, log }: PoolOptions) {
    this.#settings = settings;
    this.#instruments = poolInstruments(metrics, () => this.counts());
    this.#pool = new pg.Pool({
      connectionString,
      application_name: applicationName,
      max: settings.appPoolMax,
      connectionTimeoutMillis: settings.connectionTimeoutMillis,
      idleTimeoutMillis: settings.idleTimeoutMillis,
      maxLifetimeSeconds: settings.maxLifetimeSeconds,
      query_timeout: settings.queryTimeoutMillis,
      keepAlive: true,
      Client: timedClient(this.#instruments),
    });
    // Without a listener the loss of an idle connection is an uncaught error and ends the process.
    if (!settings.noPoolErrorHandler)
      this.#pool.on('error', (error) => log.warn(`app pool: idle connection lost: ${messageOf(error)}`));
  }

  counts(): PoolCounts {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { total, idle, waiting, max: this.#settings.appPoolMax };
  }

  async #acquire(): Promise<Lease> {
    const sinceMs = performance.now();
    this.#instruments.acquisitions.add(1);
    try {
      const client = await this.#pool.connect();
      // The pool listens for errors of idle clients only; a lost checked-out one is seen by its next query.
      client.on('error', nothing);
      this.#instruments.waitTime.record(seconds(sinceMs));
      return { client, sinceMs: performance.now() };
    } catch (error) {
      const failure = databaseFailure(error, 'acquire');
      if (failure.family === 'pool-wait') this.#instruments.timeouts.add(1);
      throw failure;
    }
  }

  #release({ client, sinceMs }: Lease, broken: boolean): void {
    this.#instruments.useTime.record(seconds(sinceMs));
    client.off('error', nothing);
    client.release(broken);
  }

  #releaseAfter(lease: Lease, failure: DatabaseFailure): void {
    // Seeded defect: the way out by an error forgets the connection.
    if (this.#settings.missingRelease) return;
    this.#release(lease, endsConnection(failure));
  }

  async #run<R extends Row>(
    lease: Lease,
    stage: Stage,
    operation: string,
    text: string,
    values?: unknown[],
  ): Promise<R[]> {
    const sinceMs = performance.now();
    const name =
      this.#settings.preparedStatements && values !== undefined ? `s_${operation.replaceAll(' ', '_')}` : undefined;
    try {
      const { rows } = await lease.client.query<R>({ text, values, ...(name === undefined ? {} : { name }) });
      this.#instruments.operation.record(seconds(sinceMs), { 'db.operation.name': operation });
      return rows;
    } catch (error) {
      this.#instruments.operation.record(seconds(sinceMs), {
        'db.operation.name': operation,
        'error.type': databaseFailure(error, stage).family,
      });
      throw databaseFailure(error, stage);
    }
  }

  #session(lease: Lease): Session {
    return { query: (operation, text, values) => this.#run(lease, 'run', operation, text, values) };
  }

  #count(name: string, outcome: 'ok' | 'failed', sinceMs: number): void {
    this.#instruments.transactions.add(1, { outcome, name });
    this.#instruments.transactionTime.record(seconds(sinceMs), { outcome, name });
  }

  async query<R extends Row>(operation: string, text: string, values?: unknown[]): Promise<R[]> {
    let lease: Lease;
    const askedMs = performance.now();
    try {
      lease = await this.#acquire();
    } catch (error) {
      this.#count(operation, 'failed', askedMs);
      throw error;
    }
    const sinceMs = performance.now();
    try {
      // One statement commits itself: once sent, a lost answer leaves its outcome open.
      const rows = await this.#run<R>(lease, 'commit', operation, text, values);
      this.#count(operation, 'ok', sinceMs);
      this.#release(lease, false);
      return rows;
    } catch (error) {
      const failure = databaseFailure(error, 'commit');
      this.#count(operation, 'failed', sinceMs);
      this.#releaseAfter(lease, failure);
      throw failure;
    }
  }

  async transaction<T>(
    name: string,
    body: (session: Session) => Promise<T>,
    beforeCommit?: (value: T) => Promise<void>,
  ): Promise<T> {
    let stage: Stage = 'acquire';
    let sinceMs = performance.now();
    let lease: Lease | null = null;
    try {
      lease = await this.#acquire();
      sinceMs = performance.now();
      await this.#run(lease, 'acquire', 'begin', 'BEGIN');
      stage = 'run';
      const value = await body(this.#session(lease));
      await beforeCommit?.(value);
      stage = 'commit';
      await this.#run(lease, 'commit', 'commit', 'COMMIT');
      this.#count(name, 'ok', sinceMs);
      this.#release(lease, false);
      return value;
    } catch (error) {
      await this.#rollBack(name, lease, error, stage, sinceMs);
      throw error instanceof Abandon || error instanceof DatabaseFailure || stage === 'run'
        ? error
        : databaseFailure(error, stage);
    }
  }

  async #rollBack(name: string, lease: Lease | null, error: unknown, stage: Stage, sinceMs: number): Promise<void> {
    this.#count(name, error instanceof Abandon ? 'ok' : 'failed', sinceMs);
    if (lease === null) return;
    const failure = databaseFailure(error, stage);
    if (endsConnection(failure)) return this.#releaseAfter(lease, failure);
    const ended = await this.#run(lease, 'run', 'rollback', 'ROLLBACK').then(
      () => failure,
      (later: unknown) => databaseFailure(later, 'run'),
    );
    if (error instanceof Abandon) this.#release(lease, ended !== failure);
    else this.#releaseAfter(lease, ended);
  }

  async hold(): Promise<HeldSession> {
    const lease = await this.#acquire();
    let released = false;
    return {
      ...this.#session(lease),
      onNotification: (listener) => void lease.client.on('notification', listener),
      onLost: (listener) => void lease.client.once('end', listener),
      release: (broken = false) => {
        if (released) return;
        released = true;
        this.#release(lease, broken);
      },
    };
  }

  async warm(connections: number): Promise<void> {
    const leases = await Promise.allSettled(Array.from({ length: connections }, () => this.#acquire()));
    let failure: unknown = null;
    for (const lease of leases) {
      if (lease.status === 'fulfilled') this.#release(lease.value, false);
      else failure = lease.reason;
    }
    if (failure !== null) throw failure;
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}

export const createAppPool = (options: PoolOptions): AppPool => new InstrumentedPool(options);
