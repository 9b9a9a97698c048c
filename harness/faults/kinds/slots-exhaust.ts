import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { PostgresConnection } from '../../servers/postgres/connection.ts';
import type { StartedStack } from '../../stack/stack.ts';
import { defineFault, type InjectedFault } from '../fault.ts';
import { ask, consoleOf, hold } from '../parts.ts';

const sqlState = (error: unknown): string | null =>
  ((error as { code?: unknown } | null)?.code as string | undefined) ?? null;
/** Logins under way at once, so that a slot that comes free is rather ours than the pooler's. */
const greed = 6;
const everyMs = 40;

interface Taken {
  clients: PostgresConnection[];
  refusal: string | null;
}

/** Opens idle sessions of a plain role until the database refuses one. */
const fill = async (url: string, most: number, taken: Taken): Promise<void> => {
  const open = async (): Promise<void> => {
    while (taken.clients.length < most) {
      try {
        taken.clients.push(await hold(url));
      } catch (error) {
        if (sqlState(error) === '53300') taken.refusal = messageOf(error);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: greed }, open));
};

/** A pooler that keeps its own sessions feels nothing: it is told to give them up, and what it gives up is taken. */
const takeAll = async (
  { spec, poolers }: StartedStack,
  url: string,
  taken: Taken,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    await fill(url, spec.maxConnections, taken);
    for (const pooler of poolers)
      await consoleOf(pooler)
        .reconnect()
        .catch(() => undefined);
    await sleep(everyMs);
  }
};

const holdAll = (stack: StartedStack, url: string): InjectedFault => {
  const taken: Taken = { clients: [], refusal: null };
  const stop = new AbortController();
  const taking = takeAll(stack, url, taken, stop.signal);
  const heal = async (): Promise<void> => {
    stop.abort();
    await taking;
    await Promise.all(taken.clients.splice(0).map((client) => client[Symbol.asyncDispose]()));
  };
  const biteAtTarget: InjectedFault['biteAtTarget'] = async () => {
    if (taken.refusal === null) return null;
    const text = `53300 ${taken.refusal}, with ${taken.clients.length} idle sessions held`;
    return { text, source: 'a login of our own' };
  };
  return { heal, biteAtTarget, revertProved: async () => ask(url, 'SELECT 1').then(() => true) };
};

/**
 * Idle sessions take every slot. A warm pooler feels nothing, since its own sessions are open: RECONNECT makes it
 * open new ones, as a restart or its server_lifetime would.
 */
export const fault = defineFault({
  id: 'slots-exhaust',
  title: 'No connection slot left',
  options: {},
  resolve: async ({ stack }) => {
    const url = stack.databaseUrl('listen');
    return {
      target: `the ${stack.spec.maxConnections} slots of the database`,
      // The sessions are the harness's own: they end with it.
      reverts: [],
      inject: async () => holdAll(stack, url),
    };
  },
});
