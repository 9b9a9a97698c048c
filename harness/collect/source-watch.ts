/** Looks at a source at each tick and tells the sink whether it answers. */
import { messageOf } from '../errors.ts';
import type { CollectContext, Sink } from './collector.ts';
import { startTicker } from './ticker.ts';

/** What does not change within a second is not asked for more often. */
export const slowIntervalMs = ({ intervalMs }: CollectContext): number => Math.max(1000, intervalMs);

/** Runs one look; tells the sink when the source fails and why, and when it answers again. */
const lookAndTell = (sink: Sink, source: string): ((look: () => Promise<void>) => Promise<void>) => {
  let lostAtMs: number | null = null;
  let recovery = '';
  return async (look) => {
    try {
      await look();
      if (lostAtMs !== null) recovery = `speaks again after ${((sink.nowMs() - lostAtMs) / 1000).toFixed(1)} s`;
      lostAtMs = null;
      sink.source(source, true, recovery);
    } catch (error) {
      lostAtMs ??= sink.nowMs();
      sink.source(source, false, messageOf(error));
    }
  };
};

/** Looks at each tick until it is disposed. The resources are given back after the last look. */
export const watchSource = (
  { sink }: CollectContext,
  source: string,
  intervalMs: number,
  look: (atMs: number) => Promise<void>,
  resources: readonly AsyncDisposable[] = [],
): AsyncDisposable => {
  const run = lookAndTell(sink, source);
  const ticker = startTicker(sink, source, intervalMs, (atMs) => run(() => look(atMs)));
  return {
    [Symbol.asyncDispose]: async () => {
      await ticker[Symbol.asyncDispose]();
      await Promise.all(resources.map((resource) => resource[Symbol.asyncDispose]()));
    },
  };
};
