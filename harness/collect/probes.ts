/**
 * The connections that collectors look through. Several collectors share one: the first opens it, the last closes it.
 */
import type { CollectContext } from './collector.ts';
import { holdConnection, type HeldConnection } from '../servers/postgres/held-connection.ts';

/** Makes a resource that is opened by its first user and closed by its last. */
const shared = <Key extends object, Value extends AsyncDisposable>(
  open: (key: Key) => Promise<Value>,
): ((key: Key) => Promise<AsyncDisposable & { value: Value }>) => {
  const entries = new Map<Key, { value: Promise<Value>; users: number }>();
  return async (key) => {
    const entry = entries.get(key) ?? { value: open(key), users: 0 };
    entries.set(key, entry);
    entry.users += 1;
    const value = await entry.value;
    let left = false;
    return {
      value,
      [Symbol.asyncDispose]: async () => {
        if (left) return;
        left = true;
        entry.users -= 1;
        if (entry.users > 0) return;
        entries.delete(key);
        await value[Symbol.asyncDispose]();
      },
    };
  };
};

export type SharedConnection = AsyncDisposable & { value: HeldConnection };

const statementTimeoutMs = 1500;

/**
 * Two connections to Postgres and never more: one looks at every tick (sessions, locks), the other one may be slow
 * (statistics).
 */
const quickProbe = shared(({ probeUrl }: CollectContext) =>
  holdConnection({ url: probeUrl, title: 'Postgres', statementTimeoutMs }),
);
const slowProbe = shared(({ probeUrl }: CollectContext) =>
  holdConnection({ url: probeUrl, title: 'Postgres', statementTimeoutMs }),
);

export const holdQuickProbe = (context: CollectContext): Promise<SharedConnection> => quickProbe(context);
export const holdSlowProbe = (context: CollectContext): Promise<SharedConnection> => slowProbe(context);

type Pooler = CollectContext['stack']['poolers'][number];

/** One per pooler. The console knows no settings but its own. */
const console = shared((pooler: Pooler) =>
  holdConnection({
    url: pooler.adminUrl,
    title: `the console of the pooler at ${pooler.host}:${pooler.port}`,
    statementTimeoutMs: null,
  }),
);

export const holdConsole = (pooler: Pooler): Promise<SharedConnection> => console(pooler);
