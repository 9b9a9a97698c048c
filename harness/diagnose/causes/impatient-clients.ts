/** Clients that leave while their query runs: the pooler throws the server connection away, and the query runs on. */
import type { Evidence } from '../../result.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import type { Cause, Sighting } from '../cause.ts';
import { samplesWithin } from '../../measure/tracks/windows.ts';
import { at, sampled } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

/** Fewer may be clients that were ended for good. */
const fewestLeft = 10;
/** So many times the pooler's server connections are not its sessions alone. */
const beyondPool = 1.5;

/** Those that leave one after another are impatient; all at one instant, their process died. */
const fewestMoments = 4;
const atStartMs = 3000;
/** What the database counts is read once a second, and sometimes a little late. */
const shortestStepMs = 500;

interface Left {
  left: number;
  opened: number;
  /** Samples at which more had left than before. */
  moments: number;
  /** The most sessions at work that the pooler had no server connection for any more, and until when there were any. */
  orphans: number;
  untilMs: number;
}

/** Samples at which it had grown. */
const rises = ({ observations, span }: Seen, name: string): number[] =>
  seriesOf(observations, name).flatMap(({ tMs, values }) =>
    Array.from(tMs).filter(
      (at, index) => index > 0 && at > span.startMs && at <= span.endMs && values[index]! > values[index - 1]!,
    ),
  );

const leftSeries = ['postgres.sessions.abandoned', 'postgres.sessions.fatal', 'pooler.log_clients_gone'];

/** By whichever source saw most of them. */
const leftMoments = (seen: Seen): number => {
  const vanished = seriesOf(seen.observations, 'tap.vanished', { side: 'client' }).map(
    ({ values }) => Array.from(values).filter((value) => value > 0).length,
  );
  return Math.max(0, ...leftSeries.map((name) => rises(seen, name).length), ...vanished);
};

/** A pooler says good-bye to the server that it leaves in mid-query: the database counts no session as abandoned. */
const orphansOf = ({ sessions, pooler }: Seen): Pick<Left, 'orphans' | 'untilMs'> => {
  if (pooler === null || pooler.servers.peak === 0) return { orphans: 0, untilMs: 0 };
  const { tMs, values } = sessions.active.samples;
  const beyond = values.map((value, index) => value - pooler.servers.at(tMs[index]!));
  const orphans = Math.max(0, ...beyond);
  return { orphans, untilMs: tMs[beyond.findLastIndex((value) => value > 0)] ?? 0 };
};

const fewestOrphans = 3;

const leftOf = (seen: Seen): Left => {
  const { levels, errors, taps, pooler } = seen;
  const grown = (name: string): number => Math.round(levels.growth(name));
  const abandoned = grown('postgres.sessions.abandoned') + grown('postgres.sessions.fatal');
  const gone = Math.max(errors.count('client-gone'), grown('pooler.log_clients_gone'));
  const vanished = taps.reduce(
    (total, one) => total + one.vanished('client', 'active') + one.vanished('client', 'idle in transaction'),
    0,
  );
  const opened = Math.max(grown('postgres.sessions.opened'), vanished);
  const found = orphansOf(seen);
  const servers = pooler?.servers.peak ?? 0;
  // A pool that only fills opens each of its connections once.
  const areMany = opened >= 2 * servers && found.orphans >= Math.max(fewestOrphans, servers * (beyondPool - 1));
  // Each that gave up in mid-query cost a connection, and a new one was opened for it.
  const torn = Math.max(areMany ? opened : 0, Math.min(errors.count('client-timeout'), opened));
  const seenLeaving = Math.max(abandoned, gone, vanished);
  return {
    left: Math.max(seenLeaving, torn),
    opened,
    moments: torn > seenLeaving ? rises(seen, 'postgres.sessions.opened').length : leftMoments(seen),
    ...found,
  };
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Let the server end a query before its client gives up (statement_timeout below ' +
    "the client's limit), or cancel " +
    'before leaving: connections then live on. A larger pool makes it worse',
  config: { of: 'the service', lines: "SET LOCAL statement_timeout = '200ms';   -- below the client's 250 ms" },
};

/** The most between two readings. */
const loginsPerSecond = ({ observations, windows }: Seen): number => {
  const steps = seriesOf(observations, 'postgres.sessions.opened').flatMap((series) => {
    const { tMs, values } = samplesWithin(series, windows);
    return values.map((value, index) => {
      const lastingMs = index === 0 ? 0 : tMs[index]! - tMs[index - 1]!;
      return lastingMs < shortestStepMs ? 0 : ((value - values[index - 1]!) * 1000) / lastingMs;
    });
  });
  return Math.max(0, ...steps);
};

/** The sessions beside what the pooler has are the ones that nobody reads any more. */
const areBeyondPool = ({ sessions, pooler }: Seen): boolean =>
  pooler !== null && pooler.servers.peak > 0 && sessions.all.peak >= beyondPool * pooler.servers.peak;

/** A spell that begins in the midst of the load has a cause that does, too. */
const sinceWhen = (seen: Seen): string => {
  const firstMs = seen.errors.firstMs('client-timeout', 'client-gone');
  return firstMs === null || firstMs < seen.span.startMs + atStartMs ? '' : `, from ${at(firstMs, seen)} on`;
};

const sentenceOf = (seen: Seen, { left, opened }: Left): string => {
  const servers = seen.pooler?.servers.peak ?? 0;
  const gaveUp = seen.errors.count('client-timeout');
  const who = gaveUp > 0 ? `${formatCount(gaveUp)} gave up waiting` : `${formatCount(left)} left`;
  const beside = servers === 0 ? '' : `, where the pooler has ${formatCount(servers)} server connections`;
  return (
    `Clients leave while their query runs${sinceWhen(seen)} (${who}), and each time a connection is thrown away: ` +
    `${formatCount(opened)} were opened, up to ${formatCount(seen.sessions.all.peak)} sessions at once${beside}; ` +
    'the others run on for nobody'
  );
};

const evidenceOf = (seen: Seen, { orphans, untilMs, opened }: Left): Evidence[] => [
  sampled(seen.sessions.all, `${seen.sessions.all.peak} sessions`, 'pg_stat_activity'),
  { text: `${formatCount(opened)} sessions opened`, source: 'pg_stat_database' },
  ...(orphans === 0
    ? []
    : [
        {
          atMs: untilMs,
          text: `up to ${orphans} at work beside the pooler's server connections, the last until ${at(untilMs, seen)}`,
          source: 'pg_stat_activity, SHOW POOLS',
        },
      ]),
  ...seen.errors.evidence('client-gone', 'client-timeout'),
];

const look = (seen: Seen): Sighting | null => {
  const found = leftOf(seen);
  const { left, opened, moments } = found;
  if (left < fewestLeft || opened < fewestLeft || moments < fewestMoments) return null;
  if (!areBeyondPool(seen) && seen.errors.count('client-gone', 'client-timeout') < fewestLeft) return null;
  return {
    sentence: sentenceOf(seen, found),
    number: `up to ${formatCount(loginsPerSecond(seen))} logins a second, ${seen.sessions.all.peak} sessions at once`,
    evidence: evidenceOf(seen, found),
    remedy,
    harm: { failed: Math.min(left, seen.requests.failed) || null },
  };
};

export const cause: Cause = {
  id: 'impatient-clients',
  title: 'Clients give up in mid-query and tear down server connections',
  rank: 24,
  needs: "sessions opened (pg_stat_database) beside the pooler's server connections, or time-outs in the service's log",
  explains: [
    'login-storm',
    'pooler-pool',
    'database-cpu',
    'pool-over-slots',
    'role-limit',
    'app-pool',
    'slow-statements',
    'connect-failures',
    'closed-loop-stall',
  ],
  falseFriends: [
    "A pooler's pool that is too small: the database has several times its size, most of it for nobody",
    'A shorter client time-out: each one throws away one more connection',
  ],
  look,
};
