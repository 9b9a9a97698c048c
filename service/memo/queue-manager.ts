/**
 * The queue manager of seed 004: ticks in parallel, each with so many tokens, each token with so many messages at once.
 * The product is the number of handlers that may run.
 */
import type { Context } from '../context.ts';
import { messageOf } from '../log.ts';
import { pause } from '../wait.ts';
import { AiFailed } from './ai.ts';
import { createLevel, type Level } from './backpressure.ts';
import { handleMessage } from './handle.ts';

const lookEveryMs = 2000;

interface Lanes {
  level: Level;
  running: number;
  /** Messages that nobody has begun with, as the ticker saw it last. */
  waiting: number;
}

const mayBegin = ({ waiting, running, level }: Lanes): boolean => waiting > 0 && running < level.allowed;

/** One message after the other, while there are any and the level allows it. */
const runMessages = async (context: Context, lanes: Lanes): Promise<void> => {
  const { stopping, log, handlers } = context;
  while (!stopping.aborted && mayBegin(lanes)) {
    lanes.waiting -= 1;
    lanes.running += 1;
    handlers.running += 1;
    try {
      await handleMessage(context);
    } catch (error) {
      log[error instanceof AiFailed ? 'warn' : 'error'](`memo handler: ${messageOf(error)}`);
    } finally {
      lanes.running -= 1;
      handlers.running -= 1;
    }
  }
};

const times = <Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/** Each place of a token is looked after by itself, so that a slow message holds up none beside it. */
const runToken = async (context: Context, lanes: Lanes): Promise<void> => {
  const { settings, stopping } = context;
  await times(settings.memoProcessingConcurrency, async () => {
    while (!stopping.aborted) {
      await runMessages(context, lanes);
      await pause(settings.memoPollMs * (0.8 + 0.4 * Math.random()), stopping);
    }
  });
};

const countDue = `
  SELECT count(*)::int AS due FROM memo_messages
  WHERE done_at IS NULL AND due_at <= now() AND (taken_until IS NULL OR taken_until < now())`;

/** The ticker: looks once a poll at how much there is to do, on a connection of the same pool. */
const watchQueue = async (context: Context, lanes: Lanes): Promise<void> => {
  const { pool, log, settings, stopping } = context;
  while (!stopping.aborted) {
    try {
      const [row] = await pool.query<{ due: number }>('ticker', countDue);
      // A message in a transaction that is still open looks untouched from outside.
      const begun = settings.memoHold === 'transaction' ? lanes.running : 0;
      lanes.waiting = Math.max(0, (row?.due ?? 0) - begun);
    } catch (error) {
      log.error(`queue-manager ticker: ${messageOf(error)}`);
    }
    await pause(settings.memoPollMs, stopping);
  }
};

const watchPool = async ({ pool, stopping, log }: Context, level: Level): Promise<void> => {
  while (!stopping.aborted) {
    await pause(lookEveryMs, stopping);
    const before = level.allowed;
    const { total, idle, max } = pool.counts();
    level.look((total - idle) / max);
    if (level.allowed !== before) log.info(`memo queue: ${before} handlers become ${level.allowed}`);
  }
};

const fixedLevel = (allowed: number): Level => ({ allowed, look: () => undefined });

/** Where backpressure begins, and what it never goes below: what the seed called safe. */
const leastHandlers = 9;

/** Works until the replica stops. */
export const runMemoQueue = async (context: Context): Promise<void> => {
  const { memoMaxConcurrency, memoTokenBatchSize, memoProcessingConcurrency, memoBackpressure } = context.settings;
  const most = memoMaxConcurrency * memoTokenBatchSize * memoProcessingConcurrency;
  const level = memoBackpressure ? createLevel(leastHandlers, most) : fixedLevel(most);
  const lanes: Lanes = { level, running: 0, waiting: 0 };
  context.metrics.gauge('queue_handlers_allowed', 'Memo handlers that may run', () => [[{}, level.allowed]]);
  const tokens = times(memoMaxConcurrency * memoTokenBatchSize, () => runToken(context, lanes));
  await Promise.all([tokens, watchQueue(context, lanes), memoBackpressure ? watchPool(context, level) : undefined]);
};
