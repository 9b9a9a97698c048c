/**
 * Connections checked out of node-pg's pool. Waits, uses, queries and failures are measured here, and each failure gets
 * its family and outcome. What is done with a connection is the app pool's business.
 */
import pg from 'pg';
import { databaseFailure, endsConnection, type DatabaseFailure, type Stage } from './errors.ts';
import { messageOf, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { poolInstruments, timedClient, type PoolCounts, type PoolInstruments } from './pool-instruments.ts';
import type { Settings } from './settings.ts';

export type Row = Record<string, unknown>;

export interface PoolOptions {
  connectionString: string;
  applicationName: string;
  settings: Settings;
  metrics: Metrics;
  log: Log;
}

export interface Checkout {
  client: pg.PoolClient;
  sinceMs: number;
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
  { connectionString, applicationName, settings, log }: PoolOptions,
  Client: typeof pg.Client,
): pg.Pool => {
  const pool = new pg.Pool({
    connectionString,
    application_name: applicationName,
    max: settings.appPoolMax,
    connectionTimeoutMillis: settings.connectionTimeoutMillis,
    idleTimeoutMillis: settings.idleTimeoutMillis,
    maxLifetimeSeconds: settings.maxLifetimeSeconds,
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

  constructor(options: PoolOptions) {
    this.#settings = options.settings;
    this.#instruments = poolInstruments(options.metrics, () => this.counts());
    this.#pool = openPool(options, timedClient(this.#instruments));
  }

  counts(): PoolCounts {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { total, idle, waiting, max: this.#settings.appPoolMax };
  }

  async acquire(): Promise<Checkout> {
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

  release({ client, sinceMs }: Checkout, broken: boolean): void {
    this.#instruments.useTime.record(seconds(sinceMs));
    client.off('error', nothing);
    client.release(broken);
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

  countTransaction(name: string, outcome: 'ok' | 'failed', sinceMs: number): void {
    this.#instruments.transactions.add(1, { outcome, name });
    this.#instruments.transactionTime.record(seconds(sinceMs), { outcome, name });
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}
