import type { Address } from '../../servers/address.ts';
import { tapSchema, type TapFigures } from '../../tap/figures/figures.ts';
import type { CollectContext, Collector } from '../collector.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';
import { TapSamples } from '../tap-samples.ts';

/** Less than the second between two looks, so that a tap that hangs costs no look but its own. */
const answerLimitMs = 900;
/** No other look waits for the last one. */
const lastAnswerLimitMs = 3000;

const read = async (url: string, limitMs: number): Promise<TapFigures> => {
  const answer = await fetch(new URL('/figures.json', url), { signal: AbortSignal.timeout(limitMs) }).catch(
    (error: unknown) => {
      throw new Error(`the tap at ${url} does not answer: nothing it saw is known from here on`, { cause: error });
    },
  );
  const figures = (await answer.json()) as TapFigures;
  if (figures.schema !== tapSchema) throw new Error(`what answers at ${url} is no tap of this release of pgsurge`);
  return figures;
};

const unnamed = 'service-database';
const placeOf = (host: string, port: number | string): string => `${host === 'localhost' ? '127.0.0.1' : host}:${port}`;

/** Whoever starts one before a pooler need not say so: what it passes on to is known, and so is where the pooler is. */
export const hopOf = ({ hop, upstream }: Pick<TapFigures, 'hop' | 'upstream'>, poolers: readonly Address[]): string => {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(upstream) ?? [];
  const isBefore = poolers.some((pooler) => placeOf(pooler.host, pooler.port) === placeOf(host, port));
  return hop === unnamed && isBefore ? 'service-pooler' : hop;
};

const watch = (context: CollectContext, url: string, source: string): AsyncDisposable => {
  const samples = new TapSamples(context.sink);
  const look = async (atMs: number, limitMs = answerLimitMs): Promise<void> => {
    const figures = await read(url, limitMs);
    samples.take({ ...figures, hop: hopOf(figures, context.stack.poolers) }, atMs);
  };
  const watcher = watchSource(context, source, slowIntervalMs(context), look);
  return {
    [Symbol.asyncDispose]: async () => {
      await watcher[Symbol.asyncDispose]();
      // What came after the last tick is of this run, too. A tap that is gone by then has been told, or was stopped.
      await look(context.sink.nowMs(), lastAnswerLimitMs).catch(() => undefined);
    },
  };
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
