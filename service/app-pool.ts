/**
 * The app pool: queries, transactions and held sessions on connections of node-pg's pool, each with its outcome.
 * Everything the service does on the database goes through here.
 */
import { Checkouts, type Checkout, type PoolOptions, type Row } from './checkouts.ts';
import { databaseFailure, endsConnection, type Stage } from './errors.ts';
import type { PoolCounts, TransactionOutcome } from './pool-instruments.ts';

/** One connection, checked out. */
export interface Session {
  /** `operation` is the kind of query, label db.operation.name. Rejects with DatabaseFailure. */
  query<R extends Row>(operation: string, text: string, values?: unknown[]): Promise<R[]>;
}

/** A session kept until `release`; `onLost` fires once when its connection dies. */
interface HeldSession extends Session {
  onNotification(listener: (message: { payload?: string | undefined }) => void): void;
  onLost(listener: () => void): void;
  release(broken?: boolean): void;
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
  /** Opens that many connections, at most twenty at once, and gives them back. */
  warm(connections: number): Promise<void>;
  end(): Promise<void>;
}

/** Throw it in a transaction's body to roll back on purpose: no failure. */
export class Abandon extends Error {
  /** How the transaction is counted. */
  readonly outcome: Exclude<TransactionOutcome, 'failed'> = 'ok';
  /** The body has read what earlier attempts of the same write did, so none of their outcomes is open any more. */
  readonly settles: boolean = false;
}

/** There was nothing to do: counted apart, or the times of empty transactions would drown those of the others. */
export class NothingToDo extends Abandon {
  override readonly outcome = 'empty';
}

/** What a transaction throws: the body's own error as it is, a failure of the database with its outcome. */
const thrownBy = (error: unknown, stage: Stage): unknown =>
  error instanceof Abandon || stage === 'run' ? error : databaseFailure(error, stage);

/** Logins cost whoever answers them a few ms of CPU each: hundreds at once would wait longer than their time-out. */
const warmAtOnce = 20;

class MeasuredPool implements AppPool {
  readonly #checkouts: Checkouts;

  constructor(options: PoolOptions) {
    this.#checkouts = new Checkouts(options);
  }

  counts(): PoolCounts {
    return this.#checkouts.counts();
  }

  #session(checkout: Checkout): Session {
    return { query: (operation, text, values) => this.#checkouts.run(checkout, 'run', { operation, text, values }) };
  }

  async #acquireFor(operation: string): Promise<Checkout> {
    const askedMs = performance.now();
    try {
      return await this.#checkouts.acquire('single');
    } catch (error) {
      this.#checkouts.countTransaction(operation, 'failed', askedMs);
      throw error;
    }
  }

  async query<R extends Row>(operation: string, text: string, values?: unknown[]): Promise<R[]> {
    const checkouts = this.#checkouts;
    const checkout = await this.#acquireFor(operation);
    const sinceMs = performance.now();
    try {
      // One statement commits itself: once sent, a lost answer leaves its outcome open.
      const rows = await checkouts.run<R>(checkout, 'commit', { operation, text, values });
      checkouts.countTransaction(operation, 'ok', sinceMs);
      checkouts.release(checkout, false);
      return rows;
    } catch (error) {
      const failure = databaseFailure(error, 'commit');
      checkouts.countTransaction(operation, 'failed', sinceMs);
      checkouts.releaseAfter(checkout, failure);
      throw failure;
    }
  }

  async transaction<T>(
    name: string,
    body: (session: Session) => Promise<T>,
    beforeCommit?: (value: T) => Promise<void>,
  ): Promise<T> {
    const checkouts = this.#checkouts;
    let stage: Stage = 'acquire';
    let sinceMs = performance.now();
    let checkout: Checkout | null = null;
    try {
      checkout = await checkouts.acquire('transaction');
      sinceMs = performance.now();
      await checkouts.run(checkout, 'acquire', { operation: 'begin', text: 'BEGIN' });
      stage = 'run';
      const value = await body(this.#session(checkout));
      await beforeCommit?.(value);
      stage = 'commit';
      await checkouts.run(checkout, 'commit', { operation: 'commit', text: 'COMMIT' });
      checkouts.countTransaction(name, 'ok', sinceMs);
      checkouts.release(checkout, false);
      return value;
    } catch (error) {
      checkouts.countTransaction(name, error instanceof Abandon ? error.outcome : 'failed', sinceMs);
      if (checkout !== null) await this.#rollBack(checkout, error, stage);
      throw thrownBy(error, stage);
    }
  }

  async #rollBack(checkout: Checkout, error: unknown, stage: Stage): Promise<void> {
    const checkouts = this.#checkouts;
    const failure = databaseFailure(error, stage);
    if (endsConnection(failure)) return checkouts.releaseAfter(checkout, failure);
    const ended = await checkouts.run(checkout, 'run', { operation: 'rollback', text: 'ROLLBACK' }).then(
      () => failure,
      (later: unknown) => databaseFailure(later, 'run'),
    );
    if (error instanceof Abandon) checkouts.release(checkout, ended !== failure);
    else checkouts.releaseAfter(checkout, ended);
  }

  async hold(): Promise<HeldSession> {
    const checkout = await this.#checkouts.acquire('session');
    let released = false;
    return {
      ...this.#session(checkout),
      onNotification: (listener) => void checkout.client.on('notification', listener),
      onLost: (listener) => void checkout.client.once('end', listener),
      release: (broken = false) => {
        if (released) return;
        released = true;
        this.#checkouts.release(checkout, broken);
      },
    };
  }

  async warm(connections: number): Promise<void> {
    const opened: Checkout[] = [];
    let failure: unknown = null;
    while (failure === null && opened.length < connections) {
      const length = Math.min(warmAtOnce, connections - opened.length);
      const results = await Promise.allSettled(Array.from({ length }, () => this.#checkouts.acquire('none')));
      for (const result of results) {
        if (result.status === 'fulfilled') opened.push(result.value);
        else failure = result.reason;
      }
    }
    for (const checkout of opened) this.#checkouts.release(checkout, false);
    if (failure !== null) throw failure;
  }

  end(): Promise<void> {
    return this.#checkouts.end();
  }
}

export const createAppPool = (options: PoolOptions): AppPool => new MeasuredPool(options);
