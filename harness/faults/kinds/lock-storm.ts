import { z } from 'zod';
import { environmentError, messageOf } from '../../errors.ts';
import type { PostgresConnection } from '../../servers/postgres/connection.ts';
import { defineFault } from '../fault.ts';
import { ask, hold } from '../parts.ts';

/** While the harness waits for the lock everybody else waits behind it, and the fault's own time has not begun. */
const lockLimitSeconds = 3;

interface Before {
  pid: number;
  state: string | null;
  age: number | null;
}

const longestHolder = `
  SELECT pid, state, round(extract(epoch FROM clock_timestamp() - xact_start))::int AS age
  FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE relation = $1::regclass AND granted AND pid <> pg_backend_pid()
  ORDER BY xact_start LIMIT 1`;

/** Whoever has held the table longest: the one that keeps the lock from us. */
const holdsAlready = async (url: string, table: string): Promise<string> => {
  const [before] = await ask<Before>(url, longestHolder, [table]).catch(() => []);
  if (before === undefined) return '';
  const { pid, state, age } = before;
  return (
    `: session ${pid} (${state ?? 'unknown'}, its transaction ${age ?? 0} s old) holds it; ` +
    'find out why it does not end'
  );
};

const lock = async (holder: PostgresConnection, url: string, table: string): Promise<number> => {
  await holder.query(`BEGIN; SET LOCAL lock_timeout = '${lockLimitSeconds}s'`);
  try {
    await holder.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  } catch (error) {
    if ((error as { code?: unknown }).code !== '55P03')
      throw environmentError(`table ${table} could not be locked: ${messageOf(error)}`);
    throw environmentError(
      `table ${table} could not be locked within ${lockLimitSeconds} s${await holdsAlready(url, table)}`,
    );
  }
  const [own] = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return own?.pid ?? 0;
};

const sessionsBehind = async (url: string, pid: number): Promise<number> => {
  const [row] = await ask<{ blocked: number }>(
    url,
    'SELECT count(*)::int AS blocked FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))',
    [pid],
  );
  return row?.blocked ?? 0;
};

/** ACCESS EXCLUSIVE on a table that everybody needs: writers and readers queue behind it. */
export const fault = defineFault({
  id: 'lock-storm',
  title: 'Table locked',
  options: {
    table: z
      .string()
      .regex(/^[a-z_]+$/, { error: 'is not the plain name of a table' })
      .default('tasks'),
  },
  resolve: async ({ stack }, { table }) => {
    const url = stack.databaseUrl('owner');
    return {
      target: `table ${table}`,
      // The lock is held by a session of the harness and ends with it.
      reverts: [],
      inject: async () => {
        const holder = await hold(url);
        const end = async (): Promise<void> => holder[Symbol.asyncDispose]();
        const pid = await lock(holder, url, table).catch(async (error: unknown) => {
          await end();
          throw error;
        });
        return {
          heal: end,
          biteAtTarget: async () => {
            const sessions = await sessionsBehind(url, pid);
            return sessions > 0
              ? { text: `${sessions} sessions wait for the holder`, source: 'pg_blocking_pids' }
              : null;
          },
          revertProved: async () =>
            (await ask(url, 'SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).length === 0,
        };
      },
    };
  },
});
