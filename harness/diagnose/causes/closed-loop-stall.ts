/** Nobody was answered for a while, and the users of a closed loop waited, so that no percentile shows it. */
import { formatCount, plural } from '../../measure/numbers-in-words.ts';
import { lengthOf } from '../../measure/silence.ts';
import type { Cause, Sighting } from '../cause.ts';
import { at, slowMs } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

const fewestUnsent = 3;

const remedy: Sighting['remedy'] = {
  sentence:
    'Find what stopped everything then (locks, a pause, a restart, a collection of garbage), and use arrivals ' +
    '(constant-arrival-rate), which do not wait for answers',
  config: {
    of: "the load's script",
    lines: "executor: 'constant-arrival-rate', rate: 100, timeUnit: '1s', preAllocatedVUs: 200",
  },
};

const look = (seen: Seen): Sighting | null => {
  const { silence, entry } = seen;
  if (silence === null || lengthOf(silence) <= 2 * slowMs || silence.unsent < fewestUnsent) return null;
  const closed = entry.load.script?.closed === true;
  if (!closed && entry.group === 'external') return null;
  const span = `from ${at(silence.startMs, seen)} to ${at(silence.endMs, seen)}`;
  return {
    sentence: `Nobody was answered ${span}, while ${plural(silence.users, 'user')} waited`,
    number: `some ${formatCount(silence.unsent)} requests were not sent: they are in no percentile`,
    evidence: [
      { atMs: silence.startMs, untilMs: silence.endMs, text: `nobody was answered ${span}`, source: 'http_reqs' },
    ],
    against: ['what stopped the service then is told by another finding, or was not seen'],
    remedy,
    harm: { secondsWaited: (silence.users * lengthOf(silence)) / 1000 },
  };
};

export const cause: Cause = {
  id: 'closed-loop-stall',
  title: 'A stop that the percentiles do not show',
  rank: 60,
  needs: "k6's own figures",
  explains: [],
  falseFriends: ['p95 and p99: they are true of what was sent'],
  look,
};
