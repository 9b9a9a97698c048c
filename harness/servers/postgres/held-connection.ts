/** One connection to Postgres or to a pooler's console, opened at the start and held, opened again when it is lost. */
import pg, { type QueryResultRow } from 'pg';
import { messageOf } from '../../errors.ts';
import { newClient } from './connection.ts';

export interface HeldConnection extends AsyncDisposable {
  /** Rejects while the connection is lost, with the reason; never waits for a new one. */
  query<Row extends Record<string, unknown>>(text: string): Promise<Row[]>;
}

export interface HeldOptions {
  url: string;
  /** For people: "Postgres", "the console of pooler 1". */
  title: string;
  /** Sent as a start-up parameter; null where the server knows none (a pooler's console). */
  statementTimeoutMs: number | null;
}

export const probeName = 'pgsurge-probe';
const connectLimitMs = 5000;
/** A silent connection is given up after this; until then no second one is opened beside it. */
const silentLimitMs = 10_000;
const answerLimitMs = 2500;
const firstPauseMs = 250;
const longestPauseMs = 2000;

const probeClient = ({ url, statementTimeoutMs }: HeldOptions): pg.Client =>
  newClient({
    url,
    application: probeName,
    keepAlive: true,
    limits: {
      connectMs: connectLimitMs,
      // Below, a slow answer and a silent connection each have a limit of their own.
      answerMs: null,
      ...(statementTimeoutMs === null ? {} : { statementMs: statementTimeoutMs, lockMs: statementTimeoutMs }),
    },
  });

type State = { is: 'held'; client: pg.Client; ask: Ask } | { is: 'lost'; reason: string };

type Ask = <Row extends QueryResultRow>(text: string) => Promise<pg.QueryResult<Row>>;

/** One question after the other: several collectors share the connection. */
const inTurn = (client: pg.Client): Ask => {
  let last: Promise<unknown> = Promise.resolve();
  return <Row extends QueryResultRow>(text: string) => {
    const mine = last.then(() => client.query<Row>(text));
    last = mine.catch(() => undefined);
    return mine;
  };
};

class ReopenedConnection implements HeldConnection {
  readonly #options: HeldOptions;
  #state: State;
  #pauseMs = firstPauseMs;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HeldOptions) {
    this.#options = options;
    this.#state = { is: 'lost', reason: `${options.title}: not connected yet` };
  }

  async connect(): Promise<void> {
    const { title } = this.#options;
    const client = probeClient(this.#options);
    client.on('error', (error) => this.#lose(client, `${title}: connection lost: ${messageOf(error)}`));
    client.on('end', () => this.#lose(client, `${title}: connection lost`));
    try {
      await client.connect();
      this.#state = { is: 'held', client, ask: inTurn(client) };
      this.#pauseMs = firstPauseMs;
      if (this.#closed) destroy(client);
    } catch (error) {
      this.#state = { is: 'lost', reason: `${title} refused the probe: ${messageOf(error)}` };
      destroy(client);
      this.#retryLater();
    }
  }

  async query<Row extends Record<string, unknown>>(text: string): Promise<Row[]> {
    const state = this.#state;
    if (state.is === 'lost') throw new Error(state.reason);
    return answered(state.ask<Row>(text), this.#options.title, (reason) => this.#lose(state.client, reason));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#state.is === 'held') await endOrDestroy(this.#state.client);
  }

  #lose(client: pg.Client, reason: string): void {
    if (this.#state.is !== 'held' || this.#state.client !== client) return;
    this.#state = { is: 'lost', reason };
    destroy(client);
    this.#retryLater();
  }

  #retryLater(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.connect(), this.#pauseMs);
    this.#timer.unref();
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
  }
}

/** Resolves whether or not the first login succeeded: `query` says which. */
export const holdConnection = async (options: HeldOptions): Promise<HeldConnection> => {
  const connection = new ReopenedConnection(options);
  await connection.connect();
  return connection;
};

/** The answer, or a rejection after `answerLimitMs`; the connection itself gets until `silentLimitMs`. */
const answered = async <Row extends QueryResultRow>(
  query: Promise<pg.QueryResult<Row>>,
  title: string,
  giveUp: (reason: string) => void,
): Promise<Row[]> => {
  const silence = setTimeout(() => giveUp(`${title}: no answer for ${silentLimitMs / 1000} s`), silentLimitMs).unref();
  const rows = query
    .then(
      (result) => result.rows,
      (error: unknown) => {
        throw named(error, title);
      },
    )
    .finally(() => clearTimeout(silence));
  rows.catch(() => undefined);
  let late: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    late = setTimeout(
      () => reject(new Error(`${title}: no answer within ${answerLimitMs / 1000} s`)),
      answerLimitMs,
    ).unref();
  });
  return Promise.race([rows, limit]).finally(() => clearTimeout(late));
};

/** What the server says has an SQLSTATE and speaks for itself; all else is the connection. */
const named = (error: unknown, title: string): unknown =>
  error instanceof pg.DatabaseError && error.code !== undefined && !error.code.startsWith('57P')
    ? error
    : new Error(`${title}: connection lost: ${messageOf(error)}`);

const destroy = (client: pg.Client): void => {
  const { stream } = (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection ?? {};
  stream?.destroy();
};

const endOrDestroy = async (client: pg.Client): Promise<void> => {
  const limit = new Promise<void>((resolve) => void setTimeout(resolve, 500).unref());
  await Promise.race([client.end().catch(() => undefined), limit]);
  destroy(client);
};
