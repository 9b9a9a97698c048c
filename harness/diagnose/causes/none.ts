/** Nothing is wrong, as far as was looked. */
import { formatCount, formatNumber, formatRoughShare, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { isSlowThroughout, seconds } from '../say.ts';
import type { Level } from '../seen/levels.ts';
import { isOfTheWay, roundTripSeconds } from '../seen/logins.ts';
import type { Seen } from '../seen/seen.ts';
import { unmetOf, type Unmet } from '../seen/unmet.ts';
import { databaseUse } from '../seen/statements.ts';

/** Of fewer samples of its sessions nothing can be said of the database. */
const fewestSamples = 5;

/** Whole percent, and never nothing of something. */
const looksWords = (share: number): string => (share < 0.01 ? 'under 1 %' : formatRoughShare(share));

/** Only of what was seen is anything said: a queue that nobody looked at is not empty. */
const queuesOf = ({ pooler, levels }: Seen): string[] => {
  const locks = levels.level('postgres.locks.waiting');
  const pool = levels.level('db.client.connection.pending_requests');
  const queues: [string, string, Level | null][] = [
    ['session', 'waiting for a lock', locks],
    ['client', 'waiting in the pooler', pooler?.waiting ?? null],
    ['request', 'waiting for the app pool', pool],
  ];
  return queues.flatMap(([who, where, level]) => {
    if (level === null || level.count === 0) return [];
    if (level.peak === 0) return [`no ${who}s ${where}`];
    return [`at most ${plural(level.peak, who)} ${where} (in ${looksWords(level.shareAbove(0))} of the looks)`];
  });
};

/** Seen are then only their number and their roles: who holds a transaction open, say, is not. */
const hiddenWords = ({ sessions: { hidden } }: Seen): string =>
  hidden.peak === 0
    ? ''
    : `. Of ${plural(hidden.peak, 'session')} what they do is hidden from the probe: grant its role pg_monitor`;

/** Answers that never asked the database say nothing of its connections. */
const unaskedWords = (seen: Seen): string => {
  const use = databaseUse(seen);
  if (use?.isHardlyAny !== true) return '';
  const each = `${formatNumber(use.each)} ${use.what} a request, by ${use.source}`;
  return `. This load hardly asks the database anything (${each}), so it tells little of its connections`;
};

const isSeen = ({ sessions, requests, entry }: Seen): boolean =>
  sessions.all.count >= fewestSamples && (requests.all > 0 || (entry.loadTotals?.iterations ?? 0) === 0);

/** With one of these failed somebody was harmed, and who says that nothing is wrong has not looked. */
const harmful = new Set([
  'api-p95',
  'goodput',
  'refused-requests',
  'target-alive',
  'lost-data',
  'corrupt-data',
  'connection-timeouts',
  'script-checks',
  'script-thresholds',
]);

/** Of more of them a script's word alone does not make health. */
const mostServerErrors = 0.01;

/** Tried again with success, or too few to be more than chance: told, and no cause. */
const isServing = ({ requests, silence, entry }: Seen): boolean =>
  requests.failed === 0 &&
  requests.expectedServerErrors <= mostServerErrors * requests.all &&
  (requests.served > 0 || requests.all === 0) &&
  silence === null &&
  (entry.loadTotals?.droppedIterations ?? 0) === 0 &&
  !entry.criteria.some(({ verdict, id }) => verdict === 'fail' && harmful.has(id));

/** The rest is the way to the client, and the service's own work. */
const mostOfTheTime = 0.8;
/** More of it is that of others than of requests: jobs, a pool that is filled. */
const allOfTheTime = 1.25;

/** What a request's transactions hold a connection for, and what it waits for one: where nobody waits for longer. */
const timesInPooler = ({ pooler, requests }: Seen): { held: number; waited: number } | null => {
  if (pooler === null || requests.all === 0) return null;
  const held = pooler.serversActive.seconds / requests.all;
  const waited = pooler.waiting.seconds / requests.all;
  const share = ((held + waited) * 1000) / (requests.latencyMsP50 ?? Infinity);
  return waited <= held && share >= mostOfTheTime && share <= allOfTheTime ? { held, waited } : null;
};

const isWell = (seen: Seen): boolean =>
  isServing(seen) && (!isSlowThroughout(seen) || isOfTheWay(seen) || timesInPooler(seen) !== null);

/** Slow answers whose time is known, and none of it lost. */
const slowWords = (seen: Seen): string => {
  if (!isSlowThroughout(seen)) return '';
  const half = `. Half of the answers take ${seconds(seen.requests.latencyMsP50! / 1000)} or longer`;
  const times = timesInPooler(seen);
  if (isOfTheWay(seen) || times === null)
    return (
      `${half}, which is the way to the database: by its logins some ${seconds(roundTripSeconds(seen)!)} there and ` +
      'back, for each statement of a request'
    );
  return (
    `${half}: on the average its transactions take ${seconds(times.held)}, and it waits in the pooler for ` +
    seconds(times.waited)
  );
};

const unmetWords: Record<Unmet['verdict'], { title: string; clause: string }> = {
  fail: {
    title: 'No cause was found in the connections',
    clause: 'As far as was seen they do not explain what failed',
  },
  inconclusive: {
    title: 'No cause was seen, and not all was seen',
    clause: 'Whether all is well is not known',
  },
  warn: {
    title: 'No cause was found in the connections',
    clause: 'As far as was seen they do not explain the warning',
  },
};

const withoutStop = (text: string): string => text.replace(/\.$/, '');

/** Under a failure, or what is not known, it says no more than that the connections are not the reason. */
const besides = (unmet: Unmet | null): Partial<Sighting> & Pick<Sighting, 'evidence' | 'remedy'> => {
  if (unmet === null) return { evidence: [], remedy: { sentence: 'Nothing to mend at this load' } };
  const { verdict, measured, nextStep } = unmet;
  return {
    title: unmetWords[verdict].title,
    evidence: measured,
    remedy: { sentence: withoutStop(nextStep) },
  };
};

const clauseOf = (unmet: Unmet | null): string =>
  unmet === null ? '' : `. ${unmetWords[unmet.verdict].clause}: ${withoutStop(unmet.what)}`;

const look = (seen: Seen): Sighting | null => {
  if (!isSeen(seen) || !isWell(seen)) return null;
  const { sessions, requests } = seen;
  const unmet = unmetOf(seen.entry);
  const { evidence, ...beside } = besides(unmet);
  const of = sessions.maxConnections === null ? '' : ` of ${formatCount(sessions.maxConnections)}`;
  const facts = [
    `at most ${plural(sessions.all.peak, 'session')}${of}`,
    ...queuesOf(seen),
    `${formatCount(requests.served)} requests served`,
    ...(requests.refused === 0 ? [] : [`${formatCount(requests.refused)} refused (429)`]),
  ];
  const pool = seen.levels.has('db.client.connection.pending_requests')
    ? 'The pool is not your limit at this load'
    : 'Whether anybody waits for the pool inside the service was not seen';
  return {
    sentence:
      `Nothing seen here limits the connections: ${facts.join(', ')}. ${pool}` +
      slowWords(seen) +
      hiddenWords(seen) +
      unaskedWords(seen) +
      clauseOf(unmet),
    number: requests.all === 0 ? 'no request was sent' : `none of ${plural(requests.all, 'request')} failed`,
    evidence: [
      ...evidence,
      {
        atMs: sessions.all.peakAtMs,
        text: `at most ${plural(sessions.all.peak, 'session')}`,
        source: 'pg_stat_activity',
      },
    ],
    ...beside,
    harm: { failed: 0 },
  };
};

export const cause: Cause = {
  id: 'none',
  title: 'No cause: nothing is wrong',
  rank: 90,
  needs: "sessions of the database, and k6's answers",
  explains: [],
  falseFriends: [],
  last: true,
  look,
};
