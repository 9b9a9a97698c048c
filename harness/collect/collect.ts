/** Starts every collector: each file in `collectors/` exports one as `collector`. */
import { messageOf } from '../errors.ts';
import { loadFolder } from '../own-modules.ts';
import type { CollectContext, Collector } from './collector.ts';

const folder = new URL('./collectors/', import.meta.url);

export const loadCollectors = (): Promise<Collector[]> => loadFolder(folder, 'collector');

const startOne = async (collector: Collector, context: CollectContext): Promise<AsyncDisposable | null> => {
  try {
    return await collector.start(context);
  } catch (error) {
    context.sink.source(collector.id, false, `${collector.title}: ${messageOf(error)}`);
    return null;
  }
};

/** Resolves once every collector holds its connections or has said that it cannot; never rejects for a source. */
export const startCollectors = async (context: CollectContext): Promise<AsyncDisposable> => {
  const collectors = await loadCollectors();
  const started = await Promise.all(collectors.map((collector) => startOne(collector, context)));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(started.map((one) => one?.[Symbol.asyncDispose]()));
    },
  };
};
