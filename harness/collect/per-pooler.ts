import type { CollectContext } from './collector.ts';
import { holdConsole } from './probes.ts';
import { watchSource } from './source-watch.ts';

/** One look per pooler at each tick, by its console. The source is named after the pooler where there are several. */
export const perPooler = async (
  context: CollectContext,
  name: string,
  intervalMs: number,
  look: (pooler: string, rows: (command: string) => Promise<Record<string, unknown>[]>, atMs: number) => Promise<void>,
): Promise<AsyncDisposable> => {
  const { poolers } = context.stack;
  const watchers = await Promise.all(
    poolers.map(async (pooler, index) => {
      const console = await holdConsole(pooler);
      const source = poolers.length === 1 ? name : `${name} of pooler ${index}`;
      return watchSource(
        context,
        source,
        intervalMs,
        (atMs) => look(String(index), (command) => console.value.query(command), atMs),
        [console],
      );
    }),
  );
  return {
    [Symbol.asyncDispose]: async () =>
      void (await Promise.all(watchers.map((watcher) => watcher[Symbol.asyncDispose]()))),
  };
};

/** The console's own database is no pool of the service. */
export const ownDatabase = 'pgbouncer';

/**
 * A number of a row, by its column's name: versions 1.16 to 1.24 have different columns.
 * A column that is not there counts nothing. Numbers come as text.
 */
export const column = (row: Record<string, unknown>, name: string): number => {
  const value = Number(row[name] ?? 0);
  return Number.isFinite(value) ? value : 0;
};
