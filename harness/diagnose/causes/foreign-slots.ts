/** Somebody else's sessions hold the connection slots. */
import { formatCount, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords } from '../say.ts';
import type { Seen } from '../seen/seen.ts';
import { isOthers, ownersWords, slotsOf } from '../seen/slots.ts';

const look = (seen: Seen): Sighting | null => {
  const slots = slotsOf(seen);
  if (slots === null || !isOthers(slots)) return null;
  const refused = slots.refused === 0 ? '' : `, ${plural(slots.refused, 'login')} refused`;
  return {
    sentence:
      `The connection slots are held by others: ${ownersWords(slots.foreignOwners)} of ` +
      `${formatCount(slots.usable)} slots, while the service has ${formatCount(slots.own)}`,
    number: `${formatCount(slots.foreign)} of ${formatCount(slots.usable)} slots are not the service's${refused}`,
    evidence: [
      { atMs: slots.atMs, text: ownersWords(slots.foreignOwners), source: 'pg_stat_activity' },
      ...seen.errors.evidence('no-slot'),
    ],
    remedy: {
      sentence:
        "End what those sessions are not needed for, and give each tenant's role a " +
        'CONNECTION LIMIT so that none takes ' +
        "the slots of another. The service's own pool is not the cause",
      config: {
        of: 'the database',
        lines:
          `ALTER ROLE ${slots.foreignOwners[0]?.role || 'other'} CONNECTION LIMIT ` +
          `${Math.max(1, Math.floor(slots.usable / 4))};`,
      },
    },
    harm: { failed: Math.min(slots.refused, seen.requests.failed) || null },
    against: [`what failed: ${failedWords(seen.requests.failed, seen)}`],
  };
};

export const cause: Cause = {
  id: 'foreign-slots',
  title: "Another tenant's sessions hold the slots",
  rank: 12,
  needs: 'sessions by role (pg_stat_activity)',
  explains: [
    'pool-over-slots',
    'connect-failures',
    'login-storm',
    'app-pool',
    'pooler-pool',
    'closed-loop-stall',
    'retry-storm',
    'cold-start',
  ],
  falseFriends: ["The service's own pool: a smaller one gives others more room", 'A restart of the service'],
  look,
};
