import { usageError } from '../../errors.ts';
import type { Fault } from '../fault.ts';
import { ask, hold } from '../parts.ts';

/** F17: ACCESS EXCLUSIVE on a table that everybody needs; writers and readers queue behind it. `with.table`, default tasks. */
export const fault: Fault = {
  id: 'lock-storm',
  title: 'Table locked',
  colour: '#6d4bb0',
  resolve: async ({ stack, with: values }) => {
    const table = String(values['table'] ?? 'tasks');
    if (!/^[a-z_]+$/.test(table)) throw usageError(`lock-storm takes the plain name of a table, not ${table}`);
    const url = stack.databaseUrl('owner');
    return {
      target: `table ${table}`,
      // The lock is held by a session of the harness and ends with it.
      reverts: [],
      inject: async () => {
        const holder = await hold(url);
        await holder.query('BEGIN');
        await holder.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
        const { rows: [own] } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        const blocked = async (): Promise<number> => (await ask<{ blocked: number }>(url,
          'SELECT count(*)::int AS blocked FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))', [own?.pid]))[0]?.blocked ?? 0;
        return {
          heal: () => holder.end().catch(() => undefined),
          biteAtTarget: async () => {
            const sessions = await blocked();
            return sessions > 0 ? { text: `${sessions} sessions wait for the holder`, source: 'pg_blocking_pids' } : null;
          },
          revertProved: async () => (await ask(url, 'SELECT 1 FROM pg_stat_activity WHERE pid = $1', [own?.pid])).length === 0,
        };
      },
    };
  },
};
