import { usageError } from '../../errors.ts';
import type { Fault } from '../fault.ts';
import { ask } from '../parts.ts';

interface PoolerDatabase extends Record<string, unknown> {
  name: string;
  paused: string | number;
}

/** PAUSE. Clients wait, and see nothing but latency until query_wait_timeout. */
export const fault: Fault = {
  id: 'pooler-pause',
  title: 'Pooler paused',
  colour: '#8a5cc4',
  resolve: async ({ stack, with: values }) => {
    const adminUrl = stack.poolers[0]?.adminUrl;
    if (adminUrl === undefined) throw usageError('there is no pooler to pause in this stack');
    const database = String(values['database'] ?? stack.database.name);
    const isPaused = async (): Promise<boolean> =>
      (await ask<PoolerDatabase>(adminUrl, 'SHOW DATABASES')).some(
        ({ name, paused }) => name === database && Number(paused) === 1,
      );
    const waiting = async (): Promise<number> =>
      (await ask<{ database: string; cl_waiting: string }>(adminUrl, 'SHOW POOLS'))
        .filter((row) => row.database === stack.database.name)
        .reduce((total, row) => total + Number(row.cl_waiting), 0);
    return {
      target: `database ${database} of pooler 0`,
      reverts: [{ kind: 'pgbouncer', adminUrl, command: `RESUME ${database}` }],
      inject: async () => {
        // PAUSE answers once running transactions have ended, so it is not waited for.
        const paused = ask(adminUrl, `PAUSE ${database}`, [], 10_000).catch(() => []);
        return {
          heal: async () => {
            await ask(adminUrl, `RESUME ${database}`).catch(() => []);
            await paused;
          },
          // A pause of a database nobody uses is in force and bites nobody: somebody must wait.
          biteAtTarget: async () => {
            const clients = await waiting();
            return (await isPaused()) && clients > 0
              ? { text: `${database} is paused, ${clients} clients wait`, source: 'SHOW DATABASES, SHOW POOLS' }
              : null;
          },
          revertProved: async () => !(await isPaused()),
        };
      },
    };
  },
};
