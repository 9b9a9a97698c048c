/** One connection to Postgres or to PgBouncer's console, opened at the start and held, opened again when it is lost. */
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
  /** Sent as a start-up parameter; null where the server knows none (PgBouncer's console). */
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

/** Resolves whether or not the first login succeeded: `query` says which. */
export const holdConnection = async (options: HeldOptions): Promise<HeldConnection> => {
  let state: State = { is: 'lost', reason: `${options.title}: not connected yet` };
  let pauseMs = firstPauseMs;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const lose = (client: pg.Client, reason: string): void => {
    if (state.is !== 'held' || state.client !== client) return;
    state = { is: 'lost', reason };
    destroy(client);
    retryLater();
  };
  const retryLater = (): void => {
    if (closed) return;
    timer = setTimeout(() => void connect(), pauseMs);
    timer.unref();
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  };
  const connect = async (): Promise<void> => {
    const client = probeClient(options);
    client.on('error', (error) => lose(client, `${options.title}: connection lost: ${messageOf(error)}`));
    client.on('end', () => lose(client, `${options.title}: connection lost`));
    try {
      await client.connect();
      state = { is: 'held', client, ask: inTurn(client) };
      pauseMs = firstPauseMs;
      if (closed) destroy(client);
    } catch (error) {
      state = { is: 'lost', reason: `${options.title} refused the probe: ${messageOf(error)}` };
      destroy(client);
      retryLater();
    }
  };
  await connect();
  return {
    query: async <Row extends Record<string, unknown>>(text: string): Promise<Row[]> => {
      if (state.is === 'lost') throw new Error(state.reason);
      const { client, ask } = state;
      return answered(ask<Row>(text), options.title, (reason) => lose(client, reason));
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      clearTimeout(timer);
      if (state.is === 'held') await endOrDestroy(state.client);
    },
  };
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
