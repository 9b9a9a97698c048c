import type { CollectContext } from './collector.ts';
import { watchSource } from './source-state.ts';
import { startTicker } from './ticker.ts';

/** What does not change within a second is not asked for more often. */
export const slowIntervalMs = ({ intervalMs }: CollectContext): number => Math.max(1000, intervalMs);

/** Looks at a source at each tick, under its own name, until disposed; `resources` are given back after the last look. */
export const watched = (
  { sink }: CollectContext,
  name: string,
  intervalMs: number,
  look: (atMs: number) => Promise<void>,
  resources: readonly AsyncDisposable[] = [],
): AsyncDisposable => {
  const watch = watchSource(sink, name);
  const ticker = startTicker(sink, name, intervalMs, (atMs) => watch(() => look(atMs)));
  return {
    [Symbol.asyncDispose]: async () => {
      await ticker[Symbol.asyncDispose]();
      await Promise.all(resources.map((resource) => resource[Symbol.asyncDispose]()));
    },
  };
};
