/** The pool inside the service is all at work, and requests wait for one of its connections. */
import type { Evidence } from '../../result.ts';
import { formatCount, formatCountOf, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import type { Pools, PoolWait } from '../seen/pool-wait.ts';
import { poolWaitOf } from '../seen/pool-waits.ts';
import type { Seen } from '../seen/seen.ts';

const bound = 'Bound the work that runs at once, or shorten what each piece holds its connection for';
const lookFirst = 'see first what fills them for a time';
const slots = "while replicas × pool stays below the database's slots";

/** Each replica has a pool of its own, and is told its size. */
const sizeOf = (wanted: number, { replicas, each }: Pools): Sighting['remedy'] => {
  const needed = Math.ceil(wanted / replicas);
  const all = plural(replicas * each, 'connection');
  if (needed <= each)
    return { sentence: `${bound}. On the average ${formatCount(wanted)} of the ${all} would do: ${lookFirst}` };
  const size = `${formatCount(needed)} instead of ${formatCount(each)}`;
  return {
    sentence: `${bound}; or give the pool of each replica ${size}, ${slots}`,
    config: {
      of: 'the service',
      lines: `pool.max = ${needed}   // in each of ${plural(replicas, 'replica')}; now ${each}`,
    },
  };
};

const remedyOf = ({ wanted, pools, remedy }: PoolWait, others: boolean): Sighting['remedy'] => {
  if (others) return { sentence: 'Mend what keeps its connections first: a larger pool would fill with the same' };
  if (remedy !== undefined) return { sentence: remedy };
  if (wanted !== null && pools !== undefined) return sizeOf(wanted, pools);
  const size =
    wanted === null ? 'rate × time that each holds a connection' : `${formatCount(wanted)} in all replicas together`;
  return { sentence: `${bound}; or make the pool as large as it needs (${size}), ${slots}` };
};

/** A service that bounds its queue says so to those whom it turns away. */
const refusedOf = ({ requests: { refused, all } }: Seen): Evidence[] =>
  refused === 0 ? [] : [{ text: `${formatCountOf(refused, all)} requests were refused (429)`, source: 'k6' }];

const look = (seen: Seen, { found }: { found: ReadonlySet<string> }): Sighting | null => {
  const wait = poolWaitOf(seen);
  if (wait === null) return null;
  return {
    sentence: `Requests wait for a connection of the app pool: ${wait.sentence}`,
    number: wait.number,
    evidence: [
      ...wait.evidence,
      ...(wait.evidence[0]?.source === 'the tap' ? seen.errors.evidence('pool-wait') : []),
      ...refusedOf(seen),
    ],
    remedy: remedyOf(wait, found.size > 0),
    harm: { failed: seen.errors.count('pool-wait') || null, secondsWaited: wait.seconds },
  };
};

export const cause: Cause = {
  id: 'app-pool',
  title: 'The app pool',
  rank: 52,
  needs: 'waiting acquisitions (metrics of the pool), time-outs in a log, or use and holds (tap)',
  explains: ['closed-loop-stall', 'cold-start'],
  falseFriends: [
    'Transactions that are held, a leak, two connections a request: they fill a pool, too, and none was seen here',
    'A database that is slow: more connections make it slower',
  ],
  look,
};
