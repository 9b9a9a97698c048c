import { z } from 'zod';
import { usageError } from '../../errors.ts';
import { defineFault } from '../fault.ts';
import { consoleOf } from '../parts.ts';

/** PAUSE. Clients wait, and see nothing but latency until query_wait_timeout. */
export const fault = defineFault({
  id: 'pooler-pause',
  title: 'Pooler paused',
  options: { database: z.string().optional() },
  resolve: async ({ stack }, options) => {
    const [pooler] = stack.poolers;
    if (pooler === undefined) throw usageError('there is no pooler to pause in this stack');
    const { product, adminUrl } = pooler;
    const console = consoleOf(pooler);
    const database = options.database ?? stack.database.name;
    const isPaused = async (): Promise<boolean> =>
      (await console.databases()).some(({ name, paused }) => name === database && paused);
    const waiting = async (): Promise<number> =>
      (await console.pools()).find((pool) => pool.database === stack.database.name)?.clients.waiting ?? 0;
    return {
      target: `database ${database} of pooler 0`,
      reverts: [{ kind: 'pooler', product, adminUrl, resume: database }],
      inject: async () => {
        // PAUSE answers once running transactions have ended, so it is not waited for.
        const paused = consoleOf(pooler, 10_000)
          .pause(database)
          .catch(() => undefined);
        return {
          heal: async () => {
            await console.resume(database).catch(() => undefined);
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
});
