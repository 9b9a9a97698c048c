import { Abandon } from './app-pool.ts';
import { DatabaseFailure, isTransient } from './errors.ts';
import { pause } from './wait.ts';

/**
 * Tries again while the failure is one that passes by itself, with doubled pauses and jitter.
 * Safe for writes that carry their own key or guard: what happened already is recognised.
 * An outcome that was unknown once stays unknown in what is thrown at the end, a refusal of a later attempt included:
 * that one did nothing, the earlier one may have. Only what has read the truth (`settles`) is thrown as it is.
 */
export const withRetries = async <T>(
  attempts: number,
  backoffMs: number,
  work: (attempt: number) => Promise<T>,
): Promise<T> => {
  let unknown: DatabaseFailure | null = null;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (error instanceof Abandon && error.settles) throw error;
      if (error instanceof DatabaseFailure && error.outcome === 'unknown') unknown = error;
      if (!(error instanceof DatabaseFailure) || !isTransient(error) || attempt >= attempts) throw unknown ?? error;
      await pause(backoffMs * 2 ** Math.min(attempt, 6) * (0.5 + Math.random()));
    }
  }
};
