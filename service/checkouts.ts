/**
 * Connections checked out of node-pg's pool. Waits, uses, queries and failures are measured here, and each failure gets
 * its family and outcome. What is done with a connection is the app pool's business.
 */
import pg from 'pg';
import { databaseFailure, endsConnection, poolSaturated, type DatabaseFailure, type Stage } from './errors.ts';
import { messageOf, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import {
  poolInstruments,
  timedClient,
  type PoolCounts,
  type PoolInstruments,
  type TransactionOutcome,
} from './pool-instruments.ts';
import type { PoolShape } from './pool-size.ts';
import type { Settings } from './settings.ts';
import { createTenantLimit, type TenantLimit } from './tenant-limit.ts';

export type Row = Record<string, unknown>;

export interface PoolOptions {
  /** The name that the pool has in its figures. */
  name: string;
  shape: PoolShape;
  connectionString: string;
  applicationName: string;
  settings: Settings;
  metrics: Metrics;
  log: Log;
}

/** What a connection is checked out for: `none` to open it only. */
export type Work = 'transaction' | 'single' | 'session' | 'none';

export interface Checkout {
  client: pg.PoolClient;
  work: Work;
  sinceMs: number;
  /** Gives the tenant's place back. */
  leave(): void;
}

/** A query and its kind: `operation` is the label db.operation.name. */
export interface Query {
  operation: string;
  text: string;
  values?: unknown[] | undefined;
}

const nothing = (): void => undefined;
const seconds = (sinceMs: number): number => (performance.now() - sinceMs) / 1000;

/** A pooler lends a server connection for a query, not for a login: only a query shows whether there is one. */
const testConnection = (client: pg.PoolClient, done: (error?: Error) => void): void => {
  client.query('SELECT 1').then(
    () => done(),
    (error: Error) => done(error),
  );
};

const openPool = (
  { connectionString, applicationName, shape, settings, log }: PoolOptions,
  Client: typeof pg.Client,
): pg.Pool => {
  const pool = new pg.Pool({
    connectionString,
    application_name: applicationName,
    max: shape.max,
    connectionTimeoutMillis: shape.connectionTimeoutMillis,
    idleTimeoutMillis: shape.idleTimeoutMillis,
    maxLifetimeSeconds: shape.maxLifetimeSeconds,
    query_timeout: settings.queryTimeoutMillis,
    keepAlive: true,
    Client,
    ...(settings.testNewConnections ? { verify: testConnection } : {}),
  });
  // Without a listener the loss of an idle connection is an uncaught error and ends the process.
  if (!settings.noPoolErrorHandler)
    pool.on('error', (error) => log.warn(`app pool: idle connection lost: ${messageOf(error)}`));
  return pool;
};

export class Checkouts {
  readonly #pool: pg.Pool;
  readonly #settings: Settings;
  readonly #instruments: PoolInstruments;
  readonly #tenants: TenantLimit;
  readonly #max: number;

  constructor(options: PoolOptions) {
    this.#settings = options.settings;
    this.#max = options.shape.max;
    this.#tenants = createTenantLimit(options.settings.tenantConnections);
    this.#instruments = poolInstruments(options.metrics, options.name, () => this.counts());
    this.#pool = openPool(options, timedClient(this.#instruments));
  }

  counts(): PoolCounts {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { total, idle, waiting, max: this.#max };
  }

  async acquire(work: Work): Promise<Checkout> {
    const leave = await this.#tenants.enter();
    const sinceMs = performance.now();
    this.#instruments.acquisitions.add(1);
    try {
      const client = await this.#pool.connect();
      // The pool listens for errors of idle clients only; a lost checked-out one is seen by its next query.
      client.on('error', nothing);
      this.#instruments.waitTime.record(seconds(sinceMs));
      return { client, work, sinceMs: performance.now(), leave };
    } catch (error) {
      leave();
      throw this.#notAcquired(databaseFailure(error, 'acquire'));
    }
  }

  #notAcquired(failure: DatabaseFailure): DatabaseFailure {
    if (failure.family !== 'pool-wait') return failure;
    this.#instruments.timeouts.add(1);
    return this.#settings.poolSaturatedError ? poolSaturated(failure) : failure;
  }

  release({ client, work, sinceMs, leave }: Checkout, broken: boolean): void {
    this.#instruments.useTime.record(seconds(sinceMs), { 'pgsurge.work': work });
    client.off('error', nothing);
    client.release(broken);
    leave();
  }

  releaseAfter(checkout: Checkout, failure: DatabaseFailure): void {
    // Seeded defect: the way out by an error forgets the connection.
    if (this.#settings.missingRelease) return;
    this.release(checkout, endsConnection(failure));
  }

  async run<R extends Row>({ client }: Checkout, stage: Stage, { operation, text, values }: Query): Promise<R[]> {
    const sinceMs = performance.now();
    const labels = { 'db.operation.name': operation };
    const named = this.#settings.preparedStatements && values !== undefined;
    const name = named ? { name: `s_${operation.replaceAll(' ', '_')}` } : {};
    try {
      const { rows } = await client.query<R>({ text, values, ...name });
      this.#instruments.operation.record(seconds(sinceMs), labels);
      return rows;
    } catch (error) {
      const failure = databaseFailure(error, stage);
      this.#instruments.operation.record(seconds(sinceMs), { ...labels, 'error.type': failure.family });
      throw failure;
    }
  }

  countTransaction(name: string, outcome: TransactionOutcome, sinceMs: number): void {
    this.#instruments.transactions.add(1, { outcome, name });
    this.#instruments.transactionTime.record(seconds(sinceMs), { outcome, name });
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}
