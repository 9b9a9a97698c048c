/** The pooler's server connections are all at work, and clients wait for one. */
import { formatCount, formatCountOf, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { isHarmed, oftenShare, sampled, slowMs } from '../say.ts';
import type { Seen } from '../seen/seen.ts';
import type { Pooler } from '../seen/pooler.ts';

/** Work of all that waited, and of all that was served: what would have been in use had nobody waited (Little). */
const wanted = ({ waiting, serversActive }: Pooler): number => Math.ceil(serversActive.mean + waiting.mean);

/** Beyond what the work takes on the average. */
const room = 1.25;

/**
 * The time that transactions held a connection, for as many as were asked for: a queue that only grows tells how long
 * it was let grow, and nothing of a size. Null where nobody counted.
 */
const neededFor = ({ levels, requests, entry, seconds }: Seen): number | null => {
  const transactions = levels.growth('pooler.transactions');
  const held = levels.growth('pooler.transaction_seconds');
  if (transactions === 0 || held === 0 || requests.served === 0) return null;
  const offered = requests.all + (entry.loadTotals?.droppedIterations ?? 0);
  return Math.ceil((room * held * (offered / requests.served)) / seconds);
};

/** Who waits while connections are still to be opened waits for logins, and no larger pool has them sooner. */
const mostlyFull = 0.5;
/** A crowd may wait for both: for the full pool in so many looks, and for logins in no more. */
const oftenFull = 0.4;

const isFull = ({ fullShare, loginShare }: Pooler): boolean =>
  fullShare >= mostlyFull || (fullShare >= oftenFull && fullShare >= loginShare);

const isWaitedFor = (pooler: Pooler, seen: Seen): boolean =>
  isFull(pooler) &&
  (pooler.waiting.shareAbove(0) >= oftenShare || (seen.errors.count('pooler-wait') > 0 && pooler.waiting.peak > 0));

/** Of the time that its connections are held. */
const shortShare = 0.75;

/** Held by transactions that do nothing, its connections are no measure of what is needed. */
const isWorking = ({ sessions }: Seen): boolean => sessions.active.peak >= sessions.idleInTransaction.peak;

const remedyOf = (pooler: Pooler, seen: Seen, others: boolean): Sighting['remedy'] => {
  if (others || !isWorking(seen))
    return { sentence: 'Mend what keeps its connections first: a larger pool would fill with the same' };
  const size = Math.max(Math.min(wanted(pooler), neededFor(seen) ?? Infinity), pooler.serversActive.peak + 1);
  const insteadOf = pooler.poolSize === null ? '' : ` instead of ${formatCount(pooler.poolSize)}`;
  return {
    sentence:
      `Shorten the transactions, or give the pooler ${plural(size, 'server connection')}${insteadOf} (as many as ` +
      'were at work or waited for on the average), if the database has the cores and slots for as many',
    config: { of: 'pgbouncer.ini', lines: `default_pool_size = ${size}` },
  };
};

/** Everybody is served soon, and waits for less time than the work takes: a pool that is well used. */
const isShort = ({ waiting }: Pooler, { requests, levels }: Seen): boolean =>
  requests.failed === 0 &&
  (requests.latencyMsP95 ?? 0) < 2 * slowMs &&
  waiting.seconds < shortShare * levels.growth('pooler.transaction_seconds');

/** "all 9 are in use", "its only one is in use": where it is full, that is what matters of the number. */
const useWords = ({ serversActive: { peak }, poolSize }: Pooler): string => {
  const are = peak === 1 ? 'is' : 'are';
  if (poolSize === null) return `${formatCount(peak)} ${are} in use`;
  if (peak < poolSize) return `${formatCountOf(peak, poolSize)} ${are} in use`;
  return poolSize === 1 ? 'its only one is in use' : `all ${formatCount(poolSize)} are in use`;
};

const look = (seen: Seen, { found }: { found: ReadonlySet<string> }): Sighting | null => {
  const { pooler } = seen;
  if (pooler === null || !isWaitedFor(pooler, seen) || !(isHarmed(seen) || seen.errors.count('pooler-wait') > 0))
    return null;
  if (isShort(pooler, seen)) return null;
  const { waiting, serversActive } = pooler;
  return {
    sentence:
      `Clients wait in the pooler for one of its server connections: up to ` +
      `${formatCount(waiting.peak)} at once, while ${useWords(pooler)}`,
    number:
      `${waiting.seconds.toFixed(0)} s waited by all clients together, ` +
      `${pooler.longestWait.peak.toFixed(1)} s the longest`,
    evidence: [
      sampled(
        waiting,
        `${plural(waiting.peak, 'client')} waiting, ${plural(serversActive.peak, 'server connection')} in use`,
        'SHOW POOLS',
      ),
      ...seen.errors.evidence('pooler-wait'),
    ],
    remedy: remedyOf(pooler, seen, found.size > 0),
    harm: { failed: seen.errors.count('pooler-wait') || null, secondsWaited: waiting.seconds },
  };
};

export const cause: Cause = {
  id: 'pooler-pool',
  title: "The pooler's server connections",
  rank: 50,
  needs: "the pooler's console (SHOW POOLS)",
  explains: ['app-pool', 'closed-loop-stall', 'connect-failures'],
  falseFriends: [
    'A larger app pool: more clients wait at the same counter',
    'Transactions that are held, a lock, clients that leave: they fill it, too, and none of them was seen here',
    'Logins that are slow: clients wait while the pool is not full yet',
  ],
  look,
};
