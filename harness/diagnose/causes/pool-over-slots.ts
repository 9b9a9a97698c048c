/** All pools of the service together are larger than the database has slots. */
import { formatCount, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords, sampled } from '../say.ts';
import type { Seen } from '../seen/seen.ts';
import { isOthers, slotsOf, type Slots } from '../seen/slots.ts';

const numberOf = ({ peak, usable, refused }: Slots, seen: Seen): string =>
  refused > 0
    ? `${plural(refused, 'login')} refused; ${failedWords(seen.requests.failed, seen)} failed`
    : `${formatCount(peak)} sessions of ${formatCount(usable)} slots`;

/** What the app pools may open together, where the service tells. */
const poolsOf = ({ levels }: Seen): number => levels.level('db.client.connection.max').peak;

/** The sum of the pools is named where it is known: what is open never exceeds what is to be had. */
const sentenceOf = ({ own, unknown, usable, maxConnections, refused }: Slots, pools: number): string => {
  const had = `${formatCount(usable)} are to be had (max_connections ${formatCount(maxConnections)})`;
  const larger = 'The app pools together are larger than the database has slots';
  const open = `${formatCount(own + unknown)} sessions of the service are open`;
  if (pools > usable) return `${larger}: they may open ${formatCount(pools)} connections, ${had}`;
  return refused > 0
    ? `${larger}: ${open} and more are refused, ${had}`
    : `The app pools together take nearly all slots of the database: ${open}, ${had}`;
};

const look = (seen: Seen): Sighting | null => {
  const slots = slotsOf(seen);
  if (slots === null || isOthers(slots)) return null;
  return {
    sentence: sentenceOf(slots, poolsOf(seen)),
    number: numberOf(slots, seen),
    evidence: [
      sampled(seen.sessions.all, `${slots.peak} sessions beside the probes`, 'pg_stat_activity'),
      ...seen.errors.evidence('no-slot'),
    ],
    remedy: {
      sentence:
        `Keep replicas × app pool (twice that in a rolling deployment) below ` +
        `${formatCount(Math.floor(slots.usable * 0.8))}, ` +
        'by a smaller pool in each replica or a pooler before the database',
      config: { of: 'the service', lines: `pool.max = ${Math.max(1, Math.floor(slots.usable * 0.8))} / replicas` },
    },
    harm: { failed: slots.refused > 0 ? Math.min(slots.refused, seen.requests.failed) || null : null },
  };
};

export const cause: Cause = {
  id: 'pool-over-slots',
  title: 'App pools larger than the connection slots',
  rank: 38,
  needs: 'sessions by role and max_connections (pg_stat_activity), or refusals in a log',
  explains: ['connect-failures', 'app-pool', 'pooler-pool', 'closed-loop-stall', 'retry-storm', 'cold-start'],
  falseFriends: [
    'A higher max_connections: each session costs memory, and the next replica fills it again',
    'A larger app pool',
  ],
  look,
};
