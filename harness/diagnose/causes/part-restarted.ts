/** A part went away, or was started anew, under those that used it. */
import type { Cause, Sighting } from '../cause.ts';
import { endedForGood } from '../../measure/cause-words.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { growthOf } from '../../measure/tracks/windows.ts';
import { at, failedWords, seconds } from '../say.ts';
import { endedInTransaction } from '../seen/ended.ts';
import type { Restart } from '../seen/restart.ts';
import { restartsOf } from '../seen/restarts.ts';
import { refusedByRole } from '../seen/slots.ts';
import type { Seen } from '../seen/seen.ts';
import { areStartsFelt, startsOf } from '../seen/starts.ts';

/** What fails because of it fails from a little before it was noticed until everybody is back. */
const beforeMs = 3000;
const afterMs = 30_000;
/** What the database counts is read once a second. */
const readingMs = 2000;

const failedAround = ({ requests }: Seen, restarts: readonly Restart[]): number =>
  requests.moments
    .filter(({ atMs: at }) =>
      restarts.some(({ atMs }) => atMs !== null && at >= atMs - beforeMs && at <= atMs + afterMs),
    )
    .reduce((total, { failed }) => total + failed, 0);

const families = ['server-restart', 'connection-lost', 'pooler-down', 'connect-refused', 'pool-empty'];

/** What the run itself did to the service says more than what its connections show of it. */
const toldOf = (restarts: readonly Restart[]): readonly Restart[] => {
  const hasStep = restarts.some(({ isStep }) => isStep);
  const named = restarts
    .filter(({ part }) => part !== 'sessions')
    .filter(({ part, isStep }) => isStep || !hasStep || part !== 'the service');
  return named.length > 0 ? named : restarts;
};

const partsOf = (restarts: readonly Restart[]): string =>
  [...new Set(restarts.map(({ words }) => words))].slice(0, 3).join('; ');

/** Sessions that lost their client: it was killed in mid-work. */
const fewestLeft = 4;
/** Errors in a log though no request failed: the service tried again. */
const fewestErrors = 3;
const areMany = ({ errors }: Seen): boolean =>
  errors.count('server-restart', 'pooler-down', 'pool-empty') >= fewestErrors;

/** A silence of another time has another reason. */
const isSilentAround = (atMs: number | null, { silence }: Seen): boolean =>
  silence !== null && (atMs === null || (atMs >= silence.startMs - beforeMs && atMs <= silence.endMs + beforeMs));

/**
 * Who is told to end ends its work first: a session that lost its client in the midst of it just then was cut off.
 * What the run itself did at that time it did on purpose.
 */
const wasCutOff = ({ part, atMs }: Restart, restarts: readonly Restart[], { observations }: Seen): boolean => {
  if (part !== 'the service' || atMs === null) return false;
  if (restarts.some((one) => one.isStep === true && Math.abs((one.atMs ?? atMs) - atMs) <= afterMs)) return false;
  const around = { startMs: atMs - readingMs, endMs: atMs + readingMs };
  return growthOf(seriesOf(observations, 'postgres.sessions.abandoned'), [around]) >= 1;
};

/** A restart that nobody felt is worth no word. */
const wasFelt = (seen: Seen, failed: number, restarts: readonly Restart[]): boolean =>
  failed > 0 ||
  restarts.some((one) => wasCutOff(one, restarts, seen)) ||
  restarts.some(({ atMs }) => isSilentAround(atMs, seen)) ||
  seen.levels.growth('postgres.sessions.abandoned') >= fewestLeft ||
  areMany(seen);

const explained: readonly string[] = [
  'connect-failures',
  'login-storm',
  'cold-start',
  'closed-loop-stall',
  'app-pool',
  'pooler-pool',
  'retry-storm',
  'wrong-data',
  'idle-timeout',
  'impatient-clients',
  'pooler-client-limit',
];

const isDeath = ({ part, isForGood }: Restart): boolean => part === 'the service' && isForGood === true;

/** Ended by the database in mid-transaction, a session takes the service along where nobody listens for its errors. */
const diedInTransaction = (seen: Seen, restarts: readonly Restart[]): boolean => {
  const ended = endedInTransaction(seen);
  const death = restarts.find(isDeath);
  return ended !== null && death !== undefined && (ended.firstMs ?? 0) <= (death.atMs ?? 0) + readingMs;
};

/** So does one that was ended since it was idle, at that very moment. */
const diedOfIdleness = ({ errors }: Seen, restarts: readonly Restart[]): boolean => {
  const firstMs = errors.firstMs('idle-timeout');
  if (firstMs === null) return false;
  return restarts
    .filter(({ isByItself, isForGood }) => isByItself === true || isForGood === true)
    .some(({ atMs, sinceMs = atMs }) => firstMs >= (sinceMs ?? 0) - readingMs && firstMs <= (atMs ?? 0) + readingMs);
};

const causesOf = (seen: Seen, restarts: readonly Restart[]): readonly string[] => {
  if (diedInTransaction(seen, restarts)) return ['held-transactions', 'idle-timeout'];
  return diedOfIdleness(seen, restarts) ? ['idle-timeout'] : [];
};

const followsOf = (seen: Seen, restarts: readonly Restart[]): Pick<Sighting, 'follows' | 'explains'> => {
  const follows = causesOf(seen, restarts);
  return follows.length === 0 ? {} : { follows, explains: explained.filter((one) => !follows.includes(one)) };
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Let the service drop dead connections (an error handler of the pool, a test on ' +
    'checkout), and repeat after a pause ' +
    'what surely was not executed; writes in flight need an idempotency key. A larger pool changes nothing',
  config: {
    of: 'the service',
    lines: "pool.on('error', (error) => log.warn(error));   // without it the process ends",
  },
};

const kindOf = (restarts: readonly Restart[]): string => {
  if (restarts.some(isDeath)) return endedForGood;
  return restarts[0]!.part === 'sessions' ? 'sessions-ended' : restarts[0]!.part.replace('the ', '');
};

/** What is looked at now and then happened after the look before. */
const whenWords = ({ atMs, sinceMs }: Restart, seen: Seen): string =>
  sinceMs === undefined ? `at ${at(atMs!, seen)}` : `between ${at(sinceMs, seen)} and ${at(atMs!, seen)}`;

const sentenceOf = (restarts: readonly Restart[], seen: Seen): string => {
  const death = restarts.find(isDeath);
  if (death !== undefined) return death.words;
  const told = toldOf(restarts);
  const first = told.find(({ atMs }) => atMs !== null);
  const parts = partsOf(told);
  const when = first === undefined ? '' : ` (${whenWords(first, seen)})`;
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}, in mid-work${when}`;
};

/** k6 counts a request when it has ended, and tells once a second: the first may have failed up to a second before. */
const countedWords = (seen: Seen): string => {
  const failing = seen.requests.moments.filter(({ failed }) => failed > 0);
  const [first, last] = [failing[0], failing.at(-1)];
  if (first === undefined || last === undefined) return '';
  const from = at(first.atMs, seen);
  return first === last
    ? `; they were counted at ${from} (k6 counts once a second)`
    : `; the first was counted at ${from}, the last at ${at(last.atMs, seen)} (k6 counts once a second)`;
};

/** One part after the other, and somebody was always there: nobody was turned away, and everybody was slowed down. */
const byStarts = (seen: Seen): Sighting | null => {
  const starts = startsOf(seen);
  if (starts === null || !areStartsFelt(starts, seen)) return null;
  const words = `The service was started anew ${plural(starts.count, 'time')}, one part after the other`;
  return {
    kind: 'service',
    sentence: `${words}, in mid-work (from ${at(starts.startMs, seen)} to ${at(starts.endMs, seen)})`,
    number: `p95 of all answers: ${seconds((seen.requests.latencyMsP95 ?? 0) / 1000)}, and less when it was over`,
    evidence: [{ atMs: starts.startMs, text: words, source: 'pg_stat_activity' }],
    remedy,
    harm: { failed: 0 },
  };
};

const look = (seen: Seen): Sighting | null => {
  const restarts = restartsOf(seen);
  // Whom the limit of a role refused the log counts, whenever that was.
  const failed = Math.max(0, failedAround(seen, restarts) - refusedByRole(seen));
  if (restarts.length === 0 || !wasFelt(seen, failed, restarts)) return byStarts(seen);
  return {
    kind: kindOf(restarts),
    sentence: sentenceOf(restarts, seen),
    number: `${failedWords(failed, seen)} failed around it${failed > 0 ? countedWords(seen) : ''}`,
    evidence: [
      ...restarts.slice(0, 4).map(({ atMs, words, source }) => ({ atMs, text: words, source })),
      ...seen.errors.evidence(...families),
    ],
    remedy,
    harm: { failed },
    ...(toldOf(restarts).every(({ isStep }) => isStep === true) ? { meant: true } : {}),
    ...followsOf(seen, restarts),
  };
};

export const cause: Cause = {
  id: 'part-restarted',
  title: 'A part ended, or was started anew',
  rank: 6,
  needs: 'start times and counters of each part, or its words in a log',
  explains: explained,
  falseFriends: [
    'A pool time-out half a minute later: the pool was empty, not busy',
    'A pool that is too small: a larger one holds as many dead connections',
  ],
  look,
};
