/** Transactions that stay open while the service does something that is no query. */
import { formatNumber } from '../../measure/numbers-in-words.ts';
import type { Evidence } from '../../result.ts';
import type { Cause, Sighting } from '../cause.ts';
import { oftenShare, sampled, secondsQueued, seconds } from '../say.ts';
import { endedInTransaction } from '../seen/ended.ts';
import { roundTripSeconds } from '../seen/logins.ts';
import type { Seen } from '../seen/seen.ts';
import type { Tapped } from '../seen/taps.ts';

/** A transaction over a quick link is idle for a round trip between its statements; this is beyond that. */
const heldSeconds = 0.1;
/** The database alone cannot tell it from a round trip over a slow link (regions apart take that long). */
const heldAtDatabaseSeconds = 0.15;
/** Of the time in which connections are in use. */
const mostlyIdle = 0.5;
const fewestGaps = 5;
/** One alone may be somebody's long job. */
const fewestSessions = 2;

interface Held {
  sessions: number;
  /** Of them, so many were ended by the database since they did nothing. */
  ended: number;
  oldest: number;
  evidence: Evidence[];
  /** Seconds inside transactions without a query, and with one. */
  idle: number | null;
  busy: number | null;
  gapMean: number | null;
}

const byTap = ({ taps }: Seen): { tapped: Tapped; idle: number; busy: number } | null => {
  for (const tapped of taps) {
    const idle = tapped.stateSeconds('idle in transaction');
    const busy = tapped.stateSeconds('active');
    const isHeld = tapped.gaps.count >= fewestGaps && (tapped.gaps.p95 ?? 0) >= heldSeconds;
    if (isHeld && idle >= mostlyIdle * (idle + busy)) return { tapped, idle, busy };
  }
  return null;
};

/** The database sees its clients across the link: what that takes there and back is nobody's other work. */
const byDatabase = (seen: Seen): boolean => {
  const { idleInTransactionAge: age, idleInTransaction } = seen.sessions;
  const beyond = Math.max(heldAtDatabaseSeconds, roundTripSeconds(seen) ?? 0);
  return age.shareAbove(beyond) >= oftenShare && idleInTransaction.peak >= fewestSessions;
};

const heldOf = (seen: Seen): Held | null => {
  const tap = byTap(seen);
  const isSeen = byDatabase(seen);
  const ended = endedInTransaction(seen);
  if (tap === null && !isSeen && ended === null) return null;
  const { idleInTransactionAge: age, idleInTransaction } = seen.sessions;
  const evidence: Evidence[] = [];
  if (isSeen)
    evidence.push(
      sampled(
        idleInTransaction,
        `${idleInTransaction.peak} sessions idle in transaction, the oldest for ${seconds(age.peak)}`,
        'pg_stat_activity',
      ),
    );
  if (tap !== null)
    evidence.push({
      text:
        `between the statements of transactions 95 % of ${tap.tapped.gaps.count} gaps last ` +
        `${seconds(tap.tapped.gaps.p95 ?? 0)} or less; connections are idle inside them for ${seconds(tap.idle)}, ` +
        `at work for ${seconds(tap.busy)}`,
      source: 'the tap',
    });
  return {
    sessions: Math.max(idleInTransaction.peak, ended === null ? 0 : 1),
    ended: ended?.count ?? 0,
    oldest: age.peak,
    evidence: [...evidence, ...(ended?.evidence ?? seen.errors.evidence('idle-timeout'))],
    idle: tap?.idle ?? null,
    busy: tap?.busy ?? null,
    gapMean: tap === null ? null : tap.tapped.gaps.seconds / tap.tapped.gaps.count,
  };
};

/** One holder behind which others queue is the lock's own story. */
const isLoneHolder = ({ sessions, locks }: Seen): boolean => locks.length > 0 && sessions.idleInTransaction.peak <= 1;

const numberOf = ({ idle, busy, gapMean }: Held, { sessions: { idleInTransaction } }: Seen): string => {
  if (idle === null || busy === null || gapMean === null)
    return `on the average ${formatNumber(idleInTransaction.mean)} connections are held so at any moment`;
  const share = (100 * idle) / (idle + busy);
  return (
    `${share.toFixed(0)} % of the time that connections were in use nothing ran on ` +
    `them (${seconds(gapMean)} a gap)`
  );
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Move what is no query (a call to another service, a queue, a file) out of the transaction: read first, call ' +
    'with no connection held, then begin and write. A larger pool only hides it',
  config: {
    of: 'the service',
    lines:
      'const answer = await callPartner();   // no connection is held here\nawait ' +
      'transaction(async (sql) => { … });',
  },
};

const remedyOfEnded: Sighting['remedy'] = {
  ...remedy,
  sentence:
    'Ask whoever is waited for before BEGIN, with no connection held: neither a longer limit nor a larger pool mends ' +
    'it. See also that the driver refuses the rest of a transaction whose session is gone: some connect anew and run ' +
    'it outside of any',
};

const look = (seen: Seen): Sighting | null => {
  const held = heldOf(seen);
  if (held === null || isLoneHolder(seen)) return null;
  const longest = held.oldest > 0 ? `, the longest for ${seconds(held.oldest)}` : '';
  const ended = held.ended > 0 ? `; the database ended ${held.ended} of them in mid-work` : '';
  return {
    sentence:
      'Transactions are held open while nothing runs in them: ' +
      `up to ${held.sessions} sessions idle in transaction at once${longest}${ended}`,
    number: numberOf(held, seen),
    evidence: held.evidence,
    remedy: held.ended > 0 ? remedyOfEnded : remedy,
    harm: {
      failed: seen.errors.count('pool-wait', 'pooler-wait', 'idle-timeout') || null,
      secondsWaited: secondsQueued(seen),
    },
  };
};

export const cause: Cause = {
  id: 'held-transactions',
  title: 'Transactions held open over other work',
  rank: 20,
  needs: 'ages of sessions idle in transaction (pg_stat_activity), or gaps inside transactions (tap)',
  explains: [
    'idle-timeout',
    'lock-queue',
    'app-pool',
    'pooler-pool',
    'pooler-client-limit',
    'pool-over-slots',
    'role-limit',
    'closed-loop-stall',
    'wrong-data',
    'retry-storm',
  ],
  falseFriends: [
    'A larger pool: with it nothing fails any more, and the transactions are held all the same',
    'A full pooler: its server connections belong to transactions that do nothing',
    'A longer idle_in_transaction_session_timeout: it lets the next transaction wait longer',
  ],
  look,
};
