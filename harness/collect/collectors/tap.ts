import { tapSchema, type TapFigures } from '../../tap/figures/figures.ts';
import type { CollectContext, Collector } from '../collector.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';
import { TapSamples } from '../tap-samples.ts';

/** Less than the second between two looks, so that a tap that hangs costs no look but its own. */
const answerLimitMs = 900;

const read = async (url: string): Promise<TapFigures> => {
  const answer = await fetch(new URL('/figures.json', url), { signal: AbortSignal.timeout(answerLimitMs) }).catch(
    (error: unknown) => {
      throw new Error(`the tap at ${url} does not answer: nothing it saw is known from here on`, { cause: error });
    },
  );
  const figures = (await answer.json()) as TapFigures;
  if (figures.schema !== tapSchema) throw new Error(`what answers at ${url} is no tap of this release of pgsurge`);
  return figures;
};

const watch = (context: CollectContext, url: string, source: string): AsyncDisposable => {
  const samples = new TapSamples(context.sink);
  return watchSource(context, source, slowIntervalMs(context), async (atMs) => samples.take(await read(url), atMs));
};

export const collector: Collector = {
  id: 'tap',
  title: 'What the service does with its connections, as a tap on their way sees it',
  start: async (context) => {
    const taps = context.stack.taps ?? [];
    const nameOf = ({ url, hop }: (typeof taps)[number]): string => {
      if (hop !== null) return `tap ${hop}`;
      return taps.length === 1 ? 'tap' : `tap at ${url}`;
    };
    const watchers = taps.map((tap) => watch(context, tap.url, nameOf(tap)));
    return {
      [Symbol.asyncDispose]: async () => {
        await Promise.all(watchers.map((watcher) => watcher[Symbol.asyncDispose]()));
      },
    };
  },
};
