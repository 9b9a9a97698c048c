/** The role by which the service logs in may have no more sessions. */
import { formatCount, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords } from '../say.ts';
import type { Seen } from '../seen/seen.ts';
import { levelOf } from '../seen/levels.ts';
import { refusedByRole, refusedByServer } from '../seen/slots.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';

const nearlyAll = 0.97;

interface Full {
  role: string;
  limit: number;
  peak: number;
  atMs: number;
}

const fullRole = ({ sessions, observations, windows }: Seen, anyhow: boolean): Full | null => {
  for (const { role, limit } of sessions.roleLimits) {
    const level = levelOf(seriesOf(observations, 'postgres.sessions', { role }), windows);
    if (level.peak >= limit * nearlyAll || (anyhow && level.peak > 0))
      return { role, limit, peak: level.peak, atMs: level.peakAtMs };
  }
  return null;
};

/** At its limit nobody need have been refused: a pool of exactly that size is full and well. */
const isHarmful = (refused: number, seen: Seen): boolean =>
  refused > 0 || seen.requests.failed > 0 || seen.errors.count('no-slot') > 0;

const look = (seen: Seen): Sighting | null => {
  const refused = refusedByRole(seen);
  if (refused === 0 && refusedByServer(seen)) return null;
  const full = fullRole(seen, refused > 0);
  if (!isHarmful(refused, seen) || (full === null && refused === 0)) return null;
  const name = full === null ? 'the service' : full.role;
  const of = full === null ? '' : `: ${formatCount(full.peak)} of ${formatCount(full.limit)} sessions`;
  return {
    sentence: `The connection limit of role ${name} is reached${of}`,
    number:
      refused > 0
        ? `${plural(refused, 'login')} refused; ${failedWords(seen.requests.failed, seen)} failed`
        : `${full?.peak} of ${full?.limit} sessions`,
    evidence: [
      ...(full === null
        ? []
        : [
            {
              atMs: full.atMs,
              text: `${full.peak} sessions of ${full.role}, limit ${full.limit}`,
              source: 'pg_stat_activity, pg_roles',
            },
          ]),
      ...seen.errors.evidence('no-slot'),
    ],
    remedy: {
      sentence:
        'Keep the sum of all that log in by this role (replicas × app pool, or poolers ' +
        '× max_db_connections) below its ' +
        'limit, or raise the limit where the database has slots left',
      config: {
        of: 'the database',
        lines: `ALTER ROLE ${full?.role ?? 'app'} CONNECTION LIMIT …;   -- see pg_roles.rolconnlimit`,
      },
    },
    harm: { failed: refused > 0 ? Math.min(refused, seen.requests.failed) || null : null },
  };
};

export const cause: Cause = {
  id: 'role-limit',
  title: "The role's connection limit",
  rank: 37,
  needs: 'sessions by role and pg_roles, or refusals in a log',
  explains: [
    'pool-over-slots',
    'connect-failures',
    'app-pool',
    'pooler-pool',
    'closed-loop-stall',
    'retry-storm',
    'cold-start',
  ],
  falseFriends: ['max_connections: the server has slots left, the role has none', 'A larger app pool'],
  look,
};
