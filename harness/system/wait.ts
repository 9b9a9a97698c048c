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

/**
 * Checks until the answer is truthy and gives it back. A check that throws counts as "not yet"; one that hangs is
 * given up at the limit. The error reads "<what> not within 5 s (last: …)".
 */
export const waitUntil = async <Answer>(
  what: string,
  check: () => Answer | Promise<Answer>,
  { limitMs, everyMs = 10, fail = lostError }: WaitOptions,
): Promise<NonNullable<Exclude<Answer, false | 0 | ''>>> => {
  const deadline = performance.now() + limitMs;
  let lastFailure: string | undefined;
  for (;;) {
    const timer = new AbortController();
    const rest = Math.max(0, deadline - performance.now());
    const answer = await Promise.race([
      (async () => check())().catch((error: unknown) => {
        lastFailure = messageOf(error);
        return null;
      }),
      sleep(rest, expired, { signal: timer.signal }).catch(() => expired),
    ]);
    timer.abort();
    if (answer && answer !== expired) return answer as NonNullable<Exclude<Answer, false | 0 | ''>>;
    if (performance.now() + everyMs >= deadline) {
      const seconds = Number((limitMs / 1000).toPrecision(3));
      throw fail(
        `${what} not within ${seconds} s${lastFailure === undefined ? '' : ` (last: ${lastFailure})`}`,
        lastFailure,
      );
    }
    await sleep(everyMs);
  }
};
