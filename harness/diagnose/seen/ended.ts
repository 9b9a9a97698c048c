/** Transactions that the database ended since nobody asked their session anything for too long. */
import type { Evidence } from '../../result.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { isWithin } from '../../measure/tracks/windows.ts';
import type { Seen } from './seen.ts';

export interface Ended {
  count: number;
  firstMs: number | null;
  evidence: Evidence[];
}

export const inTransaction = /idle[- ]in[- ]transaction|idle transaction timeout|25P03|transaction timeout/i;

/** In the words of a log, or of the tap. */
const byWords = ({ errors }: Seen): Ended | null => {
  const lines = errors.lines(inTransaction).length;
  if (lines === 0) return null;
  return {
    count: Math.max(lines, errors.count('idle-timeout')),
    firstMs: errors.firstMs('idle-timeout'),
    evidence: errors.evidence('idle-timeout'),
  };
};

/** Sessions are looked at twice a second, what the database counts is read once. */
const readingMs = 2000;
/** Shorter, it is the way to the client. */
const heldSeconds = 0.1;

/** Each time that it had ended more of them by itself, unless an administrator did. */
const endedMoments = ({ observations, windows }: Seen): { tMs: number; count: number }[] =>
  seriesOf(observations, 'postgres.sessions.fatal').flatMap(({ tMs, values }) =>
    Array.from(values.keys(), (index) => ({
      tMs: tMs[index]!,
      count: values[index]! - (values[index - 1] ?? Infinity),
    }))
      .filter(({ count }) => count > 0)
      .filter((moment) => isWithin(moment.tMs, windows)),
  );

/** A moment before, a session had been idle in transaction: none was at work, so none lost its client in mid-query. */
const wasHeld = ({ sessions }: Seen, tMs: number): boolean => {
  const { samples } = sessions.idleInTransactionAge;
  return samples.tMs.some((at, index) => at > tMs - readingMs && at <= tMs && samples.values[index]! >= heldSeconds);
};

/**
 * Drivers tell it as a lost connection like any other, and some end their process on it. The database counts it: ended
 * by an error of the session's own, neither by its client nor by an administrator.
 */
const byDatabase = (seen: Seen): Ended | null => {
  if (seen.errors.count('client-timeout', 'client-gone') > 0) return null;
  const moments = endedMoments(seen);
  const [first] = moments.filter(({ tMs }) => wasHeld(seen, tMs));
  if (first === undefined) return null;
  const count = moments.reduce((total, one) => total + one.count, 0);
  const text = `${plural(count, 'session was', 'sessions were')} ended by the database, with transactions left open`;
  return { count, firstMs: first.tMs, evidence: [{ atMs: first.tMs, text, source: 'pg_stat_database' }] };
};

export const endedInTransaction = (seen: Seen): Ended | null => byWords(seen) ?? byDatabase(seen);
