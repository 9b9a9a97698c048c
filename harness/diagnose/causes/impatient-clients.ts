/** Clients that leave while their query runs: the pooler throws the server connection away, and the query runs on. */
import type { Cause, Sighting } from '../cause.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { sampled } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

/** Fewer may be clients that were ended for good. */
const fewestLeft = 10;
/** So many times the pooler's server connections are not its sessions alone. */
const beyondPool = 1.5;

/** Those that leave one after another are impatient; all at one instant, their process died. */
const fewestMoments = 4;

interface Left {
  left: number;
  opened: number;
}

/** Samples at which more had left than before, by whichever source saw most of them. */
const leftMoments = ({ observations, span }: Seen): number => {
  const rises = ['postgres.sessions.abandoned', 'postgres.sessions.fatal', 'pooler.log_clients_gone'].map((name) =>
    seriesOf(observations, name).reduce((most, { tMs, values }) => {
      const rising = Array.from(values).filter(
        (value, index) =>
          index > 0 && tMs[index]! > span.startMs && tMs[index]! <= span.endMs && value > values[index - 1]!,
      );
      return Math.max(most, rising.length);
    }, 0),
  );
  const vanished = seriesOf(observations, 'tap.vanished', { side: 'client' }).map(
    ({ values }) => Array.from(values).filter((value) => value > 0).length,
  );
  return Math.max(0, ...rises, ...vanished);
};

const leftOf = ({ levels, errors, taps }: Seen): Left => {
  const grown = (name: string): number => Math.round(levels.growth(name));
  const abandoned = grown('postgres.sessions.abandoned') + grown('postgres.sessions.fatal');
  const gone = Math.max(errors.count('client-gone'), Math.round(levels.growth('pooler.log_clients_gone')));
  const vanished = taps.reduce(
    (total, one) => total + one.vanished('client', 'active') + one.vanished('client', 'idle in transaction'),
    0,
  );
  return { left: Math.max(abandoned, gone, vanished), opened: Math.max(grown('postgres.sessions.opened'), vanished) };
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Let the server end a query before its client gives up (statement_timeout below ' +
    "the client's limit), or cancel " +
    'before leaving: connections then live on. A larger pool makes it worse',
  config: { of: 'the service', lines: "SET LOCAL statement_timeout = '200ms';   -- below the client's 250 ms" },
};

const look = (seen: Seen): Sighting | null => {
  const { left, opened } = leftOf(seen);
  const sessions = seen.sessions.all;
  const servers = seen.pooler?.servers.peak ?? null;
  if (left < fewestLeft || opened < fewestLeft) return null;
  if (leftMoments(seen) < fewestMoments) return null;
  const perSecond = opened / Math.max(1, seen.seconds);
  const isBeyond = servers !== null && servers > 0 && sessions.peak >= beyondPool * servers;
  const hasWord = seen.errors.count('client-gone', 'client-timeout') >= fewestLeft;
  if (!isBeyond && !hasWord) return null;
  const beside = servers === null ? '' : `, where the pooler has ${servers} server connections`;
  return {
    sentence:
      `Clients leave while their query runs: ${formatCount(left)} sessions lost their ` +
      `client and ${formatCount(opened)} ` +
      `were opened; up to ${sessions.peak} at once${beside}, and what the others run is read by nobody`,
    number: `${perSecond.toFixed(1)} logins a second, ${sessions.peak} sessions at once`,
    evidence: [
      sampled(sessions, `${sessions.peak} sessions`, 'pg_stat_activity'),
      { text: `${formatCount(left)} sessions ended without their client`, source: 'pg_stat_database' },
      ...seen.errors.evidence('client-gone', 'client-timeout'),
    ],
    remedy,
    harm: { failed: Math.min(left, seen.requests.failed) || null },
  };
};

export const cause: Cause = {
  id: 'impatient-clients',
  title: 'Clients give up in mid-query and tear down server connections',
  rank: 24,
  needs: "sessions opened and abandoned (pg_stat_database), the pooler's server connections or its log",
  explains: [
    'login-storm',
    'pooler-pool',
    'database-cpu',
    'pool-over-slots',
    'role-limit',
    'app-pool',
    'slow-statements',
  ],
  falseFriends: [
    "A pooler's pool that is too small: the database has several times its size, most of it for nobody",
    'A shorter client time-out: each one throws away one more connection',
  ],
  look,
};
