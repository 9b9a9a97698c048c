import type pg from 'pg';
import { messageOf } from '../../errors.ts';
import type { Fault } from '../fault.ts';
import { ask, hold } from '../parts.ts';

const sqlState = (error: unknown): string | null => ((error as { code?: unknown } | null)?.code as string | undefined) ?? null;

/** Opens idle sessions of a plain role until the database refuses; gives them and its words. */
const fill = async (url: string, most: number): Promise<{ clients: pg.Client[]; refusal: string | null }> => {
  const clients: pg.Client[] = [];
  for (let opened = 0; opened < most; opened += 1) {
    try {
      clients.push(await hold(url));
    } catch (error) {
      return { clients, refusal: sqlState(error) === '53300' ? messageOf(error) : null };
    }
  }
  return { clients, refusal: null };
};

/**
 * F7: idle sessions take every slot. A warm pooler feels nothing, since its own sessions are open: RECONNECT makes it
 * open new ones, as a restart or its server_lifetime would.
 */
export const fault: Fault = {
  id: 'slots-exhaust',
  title: 'No connection slot left',
  colour: '#a8650a',
  resolve: async ({ stack }) => {
    const url = stack.databaseUrl('listen');
    return {
      target: `the ${stack.spec.maxConnections} slots of the database`,
      // The sessions are the harness's own: they end with it.
      reverts: [],
      inject: async () => {
        const first = await fill(url, stack.spec.maxConnections);
        for (const { adminUrl } of stack.poolers) await ask(adminUrl, 'RECONNECT');
        // What the pooler gives up while it reconnects is taken at once.
        const second = await fill(url, stack.spec.maxConnections);
        const clients = [...first.clients, ...second.clients];
        return {
          heal: async () => { await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined))); },
          biteAtTarget: async () => {
            const refusal = second.refusal ?? first.refusal;
            return refusal === null ? null : { text: `53300 ${refusal}, with ${clients.length} idle sessions held`, source: 'a login of our own' };
          },
          revertProved: async () => ask(url, 'SELECT 1').then(() => true),
        };
      },
    };
  },
};
