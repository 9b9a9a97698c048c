/** A connection of the harness whose every wait has a limit, which its error names. */
import pg from 'pg';
import { lostError, messageOf } from '../../errors.ts';

export interface LimitedSql extends AsyncDisposable {
  query(text: string, values?: unknown[]): Promise<pg.QueryResult>;
}

export interface SqlLimits {
  statementMs: number;
  lockMs: number;
}

const connectMs = 5000;
/** The server's own limit comes first, as it says more; this one is for a server that answers nothing at all. */
const silenceMs = 2000;

/** The driver's words stay inside: declared failures are looked for in them. */
const named = (error: unknown, what: string, { statementMs, lockMs }: SqlLimits): unknown => {
  const message = messageOf(error);
  const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(3))} s`;
  if (/lock timeout/.test(message))
    return lostError(`${what} got no lock within ${seconds(lockMs)} (${message})`, undefined, error);
  if (/statement timeout/.test(message))
    return lostError(`${what} was not done within ${seconds(statementMs)} (${message})`, undefined, error);
  if (/Query read timeout/.test(message))
    return lostError(`${what} had no answer within ${seconds(statementMs + silenceMs)} (${message})`, undefined, error);
  return error;
};

/** `what` begins the error: "the final reads". */
export const limitedSql = async (
  connectionString: string,
  application: string,
  what: string,
  limits: SqlLimits,
): Promise<LimitedSql> => {
  const client = new pg.Client({
    connectionString,
    application_name: application,
    connectionTimeoutMillis: connectMs,
    statement_timeout: limits.statementMs,
    lock_timeout: limits.lockMs,
    query_timeout: limits.statementMs + silenceMs,
  });
  // A server that ends makes the next query fail; it is nobody's uncaught error.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    throw /timeout expired/.test(messageOf(error))
      ? lostError(`${what} got no connection within ${connectMs / 1000} s`, undefined, error)
      : error;
  });
  return {
    query: (text, values) =>
      client.query(text, values).catch((error: unknown) => {
        throw named(error, what, limits);
      }),
    [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
  };
};
