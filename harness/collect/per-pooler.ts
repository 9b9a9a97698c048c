import { poolerOf } from '../servers/pooler-products.ts';
import type { PoolerConsole } from '../servers/pooler.ts';
import type { CollectContext } from './collector.ts';
import { holdConsole } from './probes.ts';
import { watchSource } from './source-watch.ts';

/** `pooler` is its number, as series are labelled with it. */
export type LookAtPooler = (pooler: string, console: PoolerConsole, atMs: number) => Promise<void>;

/** One look per pooler at each tick, by its console. The source is named after the pooler where there are several. */
export const perPooler = async (
  context: CollectContext,
  name: string,
  intervalMs: number,
  look: LookAtPooler,
): Promise<AsyncDisposable> => {
  const { poolers } = context.stack;
  const watchers = await Promise.all(
    poolers.map(async (pooler, index) => {
      const held = await holdConsole(pooler);
      const console = poolerOf(pooler.product).console((command) => held.value.query(command));
      const source = poolers.length === 1 ? name : `${name} of pooler ${index}`;
      return watchSource(context, source, intervalMs, (atMs) => look(String(index), console, atMs), [held]);
    }),
  );
  return {
    [Symbol.asyncDispose]: async () =>
      void (await Promise.all(watchers.map((watcher) => watcher[Symbol.asyncDispose]()))),
  };
};
