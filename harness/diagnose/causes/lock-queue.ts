/** Sessions that wait for a lock: who is first in the queue, and who holds what all wait for. */
import type { Evidence } from '../../result.ts';
import { seenAfterMs } from '../../measure/k6-exports.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import { levelOf, type Level } from '../seen/levels.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import type { Cause, Sighting } from '../cause.ts';
import { at, isHarmed, oftenShare, sampled } from '../say.ts';
import { loggedWaitsOf, wasBehindOne, type LockQueue, type LoggedWait } from '../seen/locks.ts';
import { longestUnserved } from '../seen/requests.ts';
import type { Seen } from '../seen/seen.ts';
import { scanOf } from '../seen/scans.ts';
import { loopInTransactions } from '../seen/statements.ts';

const waitersOf = ({ observations, windows }: Seen): Level =>
  levelOf(seriesOf(observations, 'postgres.locks.waiting'), windows);

interface Stop extends Window {
  what: 'answered' | 'served';
}

/** Who gave up meanwhile got an answer, and was not served all the same: the stop lasts until somebody is. */
const stopIn = ({ silence, requests }: Seen): Stop | null => {
  const unserved = longestUnserved(requests);
  const isLonger = unserved !== null && unserved.endMs > (silence?.endMs ?? unserved.startMs) + seenAfterMs;
  if (isLonger && unserved.startMs <= (silence?.startMs ?? Infinity)) return { what: 'served', ...unserved };
  return silence === null ? null : { what: 'answered', ...silence };
};

/** Three sessions, or more, that wait for seconds are a queue; two are neighbours. */
const fewestWaiting = 3;

/** In most of the samples of that stop somebody waited for a lock; where others failed meanwhile, a whole queue did. */
const stoppedBy = (seen: Seen): Stop | null => {
  const stop = stopIn(seen);
  if (stop === null) return null;
  const then = levelOf(seriesOf(seen.observations, 'postgres.locks.waiting'), [stop]);
  const fewest = stop.what === 'served' ? fewestWaiting : 1;
  return then.shareAbove(fewest - 1) >= 0.5 ? stop : null;
};

const fewestSeconds = 2;
const crowdedShare = 0.05;
const mostlyShare = 0.5;
/** A few waits that were given up do not explain hundreds of failures. */
const tellingShare = 0.1;
/** Short waits for rows are part of work; where they are most of it, the lock is what all wait for. */
const mostOfUse = 0.4;
/** So many sessions that do nothing else, all the time, are one whether a request felt it or not. */
const manyWaiting = 5;
const nearlyAllUse = 0.7;

const shareOfUse = (waiters: Level, { sessions }: Seen): number => {
  const used = sessions.active.mean + sessions.idleInTransaction.mean;
  return used === 0 ? 1 : waiters.mean / used;
};

const isQueue = (waiters: Level, seen: Seen): boolean => {
  const gaveUp = seen.errors.count('lock-timeout', 'deadlock');
  const { failed } = seen.requests;
  if (failed > 0 && gaveUp > 0 && gaveUp >= tellingShare * failed) return true;
  // What nobody looked for may have been logged.
  if (waiters.count === 0) return isHarmed(seen) && loggedWaitsOf(seen.observations).length >= fewestWaiting;
  if (wasBehindOne(seen, waiters)) return true;
  if (shareOfUse(waiters, seen) < mostOfUse) return false;
  if (waiters.mean >= manyWaiting && shareOfUse(waiters, seen) >= nearlyAllUse) return true;
  const crowded = waiters.shareAbove(fewestWaiting - 1);
  const lasts = crowded * seen.seconds >= fewestSeconds && crowded >= crowdedShare;
  return isHarmed(seen) && (lasts || (waiters.peak >= fewestWaiting && waiters.shareAbove(0) >= mostlyShare));
};

const who = (name: string, does: string): string => {
  if (name === '' && does === '') return 'a session';
  return does === '' ? name : `${name === '' ? 'a session' : name} (${does})`;
};

const holderWords = ({ holder, holderDoes, holderState }: LockQueue): string => {
  const left = holderState.startsWith('idle in transaction') ? ', a transaction left open' : '';
  return `${who(holder, holderDoes)}${left}`;
};

/** The holder is seen; who stands first only where he is another than the holder's next waiter. */
const queueWords = (queue: LockQueue | undefined): string => {
  if (queue === undefined) return '';
  const on = queue.relation === '' ? '' : ` on ${queue.relation}`;
  const first =
    queue.waiting > 1 ? `first in the queue is ${who(queue.first, queue.firstDoes)}, and it waits for ` : '';
  return `${on}; ${first}${first === '' ? 'the holder is ' : ''}${holderWords(queue)}`;
};

/** Its DETAIL names the process that holds the lock, and the queue. */
const loggedEvidence = ([longest, ...others]: readonly LoggedWait[]): Evidence[] =>
  longest === undefined
    ? []
    : [
        {
          atMs: longest.line.atMs,
          text: `${others.length + 1} × ${longest.line.text.slice(0, 300)}`,
          source: "Postgres' log",
        },
      ];

const stopWords = ({ what, startMs, endMs }: Stop, seen: Seen): string =>
  `Nobody was ${what} from ${at(startMs, seen)} to ${at(endMs, seen)}: `;

const sentenceOf = (waiters: Level, seen: Seen, stop: Stop | null): string => {
  const { locks } = seen;
  const logged = loggedWaitsOf(seen.observations)[0]?.waiting ?? 0;
  const span = stop === null ? '' : stopWords(stop, seen);
  const most = Math.max(waiters.peak, locks[0]?.waiting ?? 0, logged);
  // Nobody looked at that instant: the log counted those that gave up.
  if (most === 0)
    return `Locks, not connections: lock_timeout ended ${plural(seen.errors.count('lock-timeout'), 'wait')} for one`;
  const sessions = plural(most, 'session');
  return (
    `${span}${span === '' ? 'Locks, not connections: ' : ''}up to ${sessions} waited ` +
    `for one lock${queueWords(locks[0])}`
  );
};

/** Each waits for the other: no queue, and no holder that could be ended. */
const deadlockWords = (deadlocks: number): string =>
  `Transactions lock the same rows in different orders: ${plural(deadlocks, 'deadlock')}, ` +
  'in each of which the database ended one of them';

const isTableLock = ({ firstDoes, holderDoes }: LockQueue): boolean =>
  /^(ALTER|DROP|TRUNCATE|LOCK|CREATE|REINDEX|VACUUM|CLUSTER|REFRESH)/.test(`${firstDoes} ${holderDoes}`);

const endPrepared: Sighting['remedy'] = {
  sentence:
    'End the prepared transaction: nobody else can, no restart does, and its locks stay until then. Whoever prepares ' +
    'transactions needs somebody who ends those that were left (a transaction manager that has died)',
  config: { of: 'the database', lines: "SELECT gid, prepared FROM pg_prepared_xacts;   -- ROLLBACK PREPARED 'gid';" },
};

const remedyOf = (queue: LockQueue | undefined): Sighting['remedy'] => {
  if (queue?.holderDoes === 'PREPARE TRANSACTION') return endPrepared;
  if (queue !== undefined && isTableLock(queue))
    return {
      sentence:
        'Give whatever takes a whole table a short lock_timeout and try it again: everybody behind it then waits no ' +
        'longer than that. End what holds the lock (a long report or dump, a transaction left open)',
      config: { of: 'the migration', lines: "SET lock_timeout = '500ms';   -- and try again until it succeeds" },
    };
  return {
    sentence:
      'Shorten the transaction that holds the lock, and take locks in one order; let a ' +
      'wait end with lock_timeout. No ' +
      'pool size changes it',
    config: { of: 'the role', lines: "ALTER ROLE app SET lock_timeout = '2s';" },
  };
};

const evidenceOf = (waiters: Level, seen: Seen): Evidence[] => [
  ...(waiters.peak === 0 ? [] : [sampled(waiters, `${waiters.peak} sessions wait for a lock`, 'pg_locks')]),
  ...seen.locks.slice(0, 3).map((queue) => ({
    atMs: queue.atMs,
    text: `${queue.waiting} waiting${queueWords(queue)}`,
    source: 'pg_blocking_pids',
  })),
  ...loggedEvidence(loggedWaitsOf(seen.observations)),
  ...seen.errors.evidence('lock-timeout', 'deadlock'),
];

const explained: readonly string[] = [
  'impatient-clients',
  'slow-statements',
  'app-pool',
  'pooler-pool',
  'pooler-client-limit',
  'pool-over-slots',
  'role-limit',
  'closed-loop-stall',
  'retry-storm',
  'idle-timeout',
];

/** A service that waits for itself, and is in one statement most of the time: its transactions are long by it. */
const followsOf = (seen: Seen): Pick<Sighting, 'follows' | 'explains'> => {
  const [queue] = seen.locks;
  if (queue === undefined || queue.holder !== queue.first || isTableLock(queue)) return {};
  if (loopInTransactions(seen) !== null) return { follows: ['n-plus-one'] };
  if (scanOf(seen) === null) return {};
  return { follows: ['slow-statements'], explains: explained.filter((one) => one !== 'slow-statements') };
};

const look = (seen: Seen): Sighting | null => {
  const waiters = waitersOf(seen);
  const stopped = stoppedBy(seen);
  if (stopped === null && !isQueue(waiters, seen)) return null;
  const deadlocks = seen.errors.count('deadlock');
  const isDeadlock = deadlocks > 0 && waiters.shareAbove(0) < oftenShare;
  return {
    ...(isDeadlock ? { kind: 'deadlock' } : {}),
    sentence: isDeadlock ? deadlockWords(deadlocks) : sentenceOf(waiters, seen, stopped),
    number: `${waiters.seconds.toFixed(0)} s waited for locks by all sessions together`,
    evidence: evidenceOf(waiters, seen),
    against:
      seen.locks.length === 0 ? ['who holds the lock was not seen: it was asked for no more than once a second'] : [],
    remedy: remedyOf(seen.locks[0]),
    harm: { secondsWaited: waiters.seconds },
    ...followsOf(seen),
  };
};

export const cause: Cause = {
  id: 'lock-queue',
  title: 'Sessions queue for a lock',
  rank: 22,
  needs: 'pg_locks and pg_stat_activity while it happens',
  explains: explained,
  falseFriends: [
    'A full app pool and a full pooler: they are full of sessions that wait for the lock',
    'A replica that ended: nobody did',
  ],
  look,
};
