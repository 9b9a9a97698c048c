import { setTimeout as sleep } from 'node:timers/promises';
import type { Sink } from './collector.ts';

/** Ticks at whole multiples of the interval on the run's clock, so that all sources look at the same instants. */
export interface Ticker extends AsyncDisposable {
  /** Ticks left out since the one before had not ended. */
  readonly missed: number;
}

const stopLimitMs = 3000;

/** The first whole multiple of the interval after that time. */
const nextInstant = (nowMs: number, intervalMs: number): number => (Math.floor(nowMs / intervalMs) + 1) * intervalMs;

/**
 * Calls `tick` at once and then at each aligned instant, never two at a time. A late tick is not followed by a bunch:
 * what was missed is missed, and counted (`harness.ticks_missed`). `harness.tick_lag` says how late each began.
 * A tick that rejects ends nothing: telling of it is the caller's business.
 */
export const startTicker = (
  sink: Sink,
  name: string,
  intervalMs: number,
  tick: (atMs: number) => Promise<void>,
): Ticker => {
  const labels = { collector: name };
  sink.declare?.('harness.ticks_missed', 'cumulative');
  let missed = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const schedule = (dueMs: number): void => {
    const begin = (): void => {
      running = run(dueMs);
    };
    timer = setTimeout(begin, Math.max(0, dueMs - sink.nowMs())).unref();
  };
  const run = async (dueMs: number): Promise<void> => {
    const startedMs = sink.nowMs();
    sink.sample('harness.tick_lag', labels, Math.max(0, startedMs - dueMs), startedMs);
    await tick(startedMs).catch(() => undefined);
    // Timers may fire up to a millisecond early.
    const next = nextInstant(Math.max(sink.nowMs(), dueMs + 1), intervalMs);
    const leftOut = Math.round((next - dueMs) / intervalMs) - 1;
    if (leftOut > 0 && dueMs % intervalMs === 0) {
      missed += leftOut;
      sink.sample('harness.ticks_missed', labels, missed);
    }
    if (!stopped) schedule(next);
  };
  running = run(sink.nowMs());
  return {
    get missed() {
      return missed;
    },
    [Symbol.asyncDispose]: async () => {
      stopped = true;
      clearTimeout(timer);
      await Promise.race([running, sleep(stopLimitMs, undefined, { ref: false })]);
    },
  };
};
