import { DatabaseFailure, isTransient } from './errors.ts';
import { pause } from './wait.ts';

/**
 * Tries again while the failure is one that passes by itself, with doubled pauses and jitter.
 * Safe for writes that carry their own key or guard: what happened already is recognised.
 * An outcome that was unknown once stays unknown in the failure that is thrown at the end.
 */
export const withRetries = async <T>(attempts: number, backoffMs: number, work: (attempt: number) => Promise<T>): Promise<T> => {
  let unknown: DatabaseFailure | null = null;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof DatabaseFailure)) throw error;
      if (error.outcome === 'unknown') unknown = error;
      if (!isTransient(error) || attempt >= attempts) throw unknown ?? error;
      await pause(backoffMs * 2 ** Math.min(attempt, 6) * (0.5 + Math.random()));
    }
  }
};
