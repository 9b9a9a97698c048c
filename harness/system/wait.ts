import { setTimeout as sleep } from 'node:timers/promises';
import { lostError, messageOf } from '../errors.ts';

export interface WaitOptions {
  limitMs: number;
  /** Pause between two checks; default 10 ms. */
  everyMs?: number;
  /** Makes the error from its one line and the last failure; default: `lostError`. */
  fail?: (message: string, lastFailure: string | undefined) => Error;
}

const expired = Symbol('expired');

type Truthy<Answer> = NonNullable<Exclude<Answer, false | 0 | ''>>;

/** The answer if it comes within the time, else `expired`. */
const withinMs = async <Answer>(answer: Promise<Answer>, limitMs: number): Promise<Answer | typeof expired> => {
  const timer = new AbortController();
  const limit = sleep<typeof expired>(Math.max(0, limitMs), expired, { signal: timer.signal });
  limit.catch(() => undefined);
  return Promise.race([answer, limit]).finally(() => timer.abort());
};

const notWithin = (what: string, limitMs: number, lastFailure: string | undefined): string => {
  const seconds = Number((limitMs / 1000).toPrecision(3));
  return `${what} not within ${seconds} s${lastFailure === undefined ? '' : ` (last: ${lastFailure})`}`;
};

/**
 * Checks until the answer is truthy and gives it back. A check that throws counts as "not yet"; one that hangs is
 * given up at the limit. The error reads "<what> not within 5 s (last: …)".
 */
export const waitUntil = async <Answer>(
  what: string,
  check: () => Answer | Promise<Answer>,
  { limitMs, everyMs = 10, fail = lostError }: WaitOptions,
): Promise<Truthy<Answer>> => {
  const deadline = performance.now() + limitMs;
  let lastFailure: string | undefined;
  const look = async (): Promise<Answer | null> => {
    try {
      return await check();
    } catch (error) {
      lastFailure = messageOf(error);
      return null;
    }
  };
  for (;;) {
    const answer = await withinMs(look(), deadline - performance.now());
    if (answer && answer !== expired) return answer as Truthy<Answer>;
    if (performance.now() + everyMs >= deadline) throw fail(notWithin(what, limitMs, lastFailure), lastFailure);
    await sleep(everyMs);
  }
};
