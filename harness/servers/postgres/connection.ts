/** The one place that opens a connection to Postgres, or to a pooler's console, which speaks the same protocol. */
import pg, { type QueryResultRow } from 'pg';

/** How long each wait may take. Every connection of the harness states its own, so that none waits for ever unseen. */
interface ConnectionLimits {
  /** The limit until the login is done. */
  connectMs: number;
  /** The limit of each answer, of a frozen server too; null where the server is known to end the wait. */
  answerMs: number | null;
  /** The server ends a statement that takes longer. The console of a pooler does not know this setting. */
  statementMs?: number;
  /** The server ends a statement that waits longer for a lock. The console of a pooler does not know this setting. */
  lockMs?: number;
}

export interface ConnectionOptions {
  url: string;
  /** The session's application_name. It begins with "pgsurge-", by which the harness tells its own sessions apart. */
  application: string;
  limits: ConnectionLimits;
  /** Settings of Postgres for this session. */
  settings?: Readonly<Record<string, string>>;
  /** For a connection that rests for long: the system then notices that the other side is gone. */
  keepAlive?: boolean;
}

/** A client that is not connected yet. Its later loss makes the next query fail, and is nobody's uncaught error. */
export const newClient = ({
  url,
  application,
  limits,
  settings = {},
  keepAlive = false,
}: ConnectionOptions): pg.Client => {
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const client = new pg.Client({
    connectionString: url,
    application_name: application,
    connectionTimeoutMillis: limits.connectMs,
    keepAlive,
    ...(limits.answerMs === null ? {} : { query_timeout: limits.answerMs }),
    ...(limits.statementMs === undefined ? {} : { statement_timeout: limits.statementMs }),
    ...(limits.lockMs === undefined ? {} : { lock_timeout: limits.lockMs }),
    ...(options.length === 0 ? {} : { options: options.join(' ') }),
  });
  client.on('error', () => undefined);
  return client;
};

export interface PostgresConnection extends AsyncDisposable {
  /** The rows of the answer. */
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** Rejects with the driver's own error where the login fails or takes too long. */
export const connectPostgres = async (options: ConnectionOptions): Promise<PostgresConnection> => {
  const client = newClient(options);
  await client.connect();
  return {
    query: async <Row extends QueryResultRow>(text: string, values?: unknown[]) =>
      (await client.query<Row>(text, values)).rows,
    [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
  };
};

/** One statement on a connection of its own: the rows of the answer, or the server's error. */
export const askPostgres = async <Row extends QueryResultRow>(
  options: ConnectionOptions,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> => {
  await using connection = await connectPostgres(options);
  return await connection.query<Row>(text, values);
};
