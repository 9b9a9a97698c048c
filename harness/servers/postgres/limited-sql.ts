/** A connection of the harness for statements that may take long: each wait has a limit, which its error names. */
import type { QueryResultRow } from 'pg';
import { lostError, messageOf } from '../../errors.ts';
import { connectPostgres, type PostgresConnection } from './connection.ts';

export interface SqlLimits {
  statementMs: number;
  lockMs: number;
}

const connectMs = 5000;
/** The server's own limit comes first, as it says more; this one is for a server that answers nothing at all. */
const silenceMs = 2000;

const secondsOf = (ms: number): string => `${Number((ms / 1000).toPrecision(3))} s`;

/** The driver's words stay in the message: what a scenario declares to fail is looked for in them. */
const limitError = (error: unknown, what: string, { statementMs, lockMs }: SqlLimits): unknown => {
  const message = messageOf(error);
  const lost = (outcome: string): Error => lostError(`${what} ${outcome} (${message})`, undefined, error);
  if (/lock timeout/.test(message)) return lost(`got no lock within ${secondsOf(lockMs)}`);
  if (/statement timeout/.test(message)) return lost(`was not done within ${secondsOf(statementMs)}`);
  if (/Query read timeout/.test(message)) return lost(`had no answer within ${secondsOf(statementMs + silenceMs)}`);
  return error;
};

const loginError = (error: unknown, what: string): unknown =>
  /timeout expired/.test(messageOf(error))
    ? lostError(`${what} got no connection within ${connectMs / 1000} s`, undefined, error)
    : error;

/** `what` begins the error: "the final reads". */
export const limitedSql = async (
  url: string,
  application: string,
  what: string,
  limits: SqlLimits,
): Promise<PostgresConnection> => {
  const connection = await connectPostgres({
    url,
    application,
    limits: { ...limits, connectMs, answerMs: limits.statementMs + silenceMs },
  }).catch((error: unknown) => {
    throw loginError(error, what);
  });
  return {
    query: async <Row extends QueryResultRow>(text: string, values?: unknown[]) => {
      try {
        return await connection.query<Row>(text, values);
      } catch (error) {
        throw limitError(error, what, limits);
      }
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
};
