import type { FastifyInstance } from 'fastify';
import pg from 'pg';
import type { Context } from '../context.ts';
import { databaseFailure, type Stage } from '../errors.ts';
import { badRequest } from './answers.ts';

const longestMs = 10_000;
const statement = 'SELECT count(*)::int AS jobs, pg_sleep($1)::text AS slept FROM jobs';

const millisecondsOf = (text: string | undefined): number => {
  const milliseconds = Number(text);
  if (text === undefined || !(milliseconds >= 0 && milliseconds <= longestMs))
    throw badRequest(`ms must be a number from 0 to ${longestMs}: GET /report?ms=150`);
  return milliseconds;
};

type Report = (seconds: number) => Promise<Record<string, unknown> | undefined>;

const onPooledConnection =
  ({ pool }: Context): Report =>
  async (seconds) =>
    (await pool.query('report', statement, [seconds]))[0];

/** A login, one query and the end of the session for every request: what a serverless function does. */
const onOwnConnection =
  ({ databaseUrl, settings }: Context): Report =>
  async (seconds) => {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'service',
      connectionTimeoutMillis: settings.connectionTimeoutMillis,
      query_timeout: settings.queryTimeoutMillis,
    });
    // What ends the session beside a query is told by the query.
    client.on('error', () => undefined);
    let stage: Stage = 'acquire';
    try {
      await client.connect();
      stage = 'run';
      const { rows } = await client.query<Record<string, unknown>>(statement, [seconds]);
      return rows[0];
    } catch (error) {
      throw databaseFailure(error, stage);
    } finally {
      void client.end().catch(() => undefined);
    }
  };

/** GET /report?ms=: counts the jobs by a query that takes so long and holds its connection meanwhile. */
export const addReportRoute = (app: FastifyInstance, context: Context): void => {
  const report = context.settings.reportConnection === 'pool' ? onPooledConnection(context) : onOwnConnection(context);
  app.get<{ Querystring: { ms?: string } }>('/report', async ({ query }) => ({
    ...(await report((millisecondsOf(query.ms) + context.settings.slowQueryMs) / 1000)),
  }));
};
