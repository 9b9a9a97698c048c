import { messageOf } from '../errors.ts';
import type { Sink } from './collector.ts';

/** Runs one look at a source; says once that it failed and why, and once that it speaks again. */
export const watchSource = (sink: Sink, name: string): ((look: () => Promise<void>) => Promise<void>) => {
  let lostAtMs: number | null = null;
  let word = '';
  return async (look) => {
    try {
      await look();
      if (lostAtMs !== null) word = `speaks again after ${((sink.nowMs() - lostAtMs) / 1000).toFixed(1)} s`;
      lostAtMs = null;
      sink.source(name, true, word);
    } catch (error) {
      lostAtMs ??= sink.nowMs();
      sink.source(name, false, messageOf(error));
    }
  };
};
