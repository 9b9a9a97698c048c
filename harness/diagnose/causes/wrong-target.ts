/** The load does not reach what it is to test: nothing listens, or the answer is always the same refusal. */
import { formatCountOf, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { missOf, type Miss } from '../seen/misses.ts';
import type { Seen } from '../seen/seen.ts';

const againstOf = ({ against }: Miss, { requests }: Seen): string[] => {
  if (against !== undefined) return [against];
  return requests.failed === 0 && requests.all > 0 ? ['the script takes these answers for right'] : [];
};

const explained = ['wrong-data', 'cold-start', 'closed-loop-stall'];

const look = (seen: Seen): Sighting | null => {
  const miss = missOf(seen);
  if (miss === null) return null;
  const { requests } = seen;
  return {
    kind: miss.kind,
    sentence: `The load does not reach what it is to test: ${miss.words}`,
    number: `${formatCountOf(miss.count, miss.of ?? requests.all)} requests missed it`,
    evidence: [{ text: `${plural(miss.count, 'request')}: ${miss.words}`, source: 'k6' }],
    against: againstOf(miss, seen),
    remedy: { sentence: `${miss.remedy}. The latencies of this run say nothing of the database` },
    harm: { failed: miss.of === undefined ? Math.min(miss.count, requests.failed) : 0 },
    // An answer that never came has no body: what the script does with it throws.
    ...(miss.kind === 'no-address' ? { explains: [...explained, 'generator'] } : {}),
  };
};

export const cause: Cause = {
  id: 'wrong-target',
  title: 'The load misses its target',
  rank: 2,
  needs: "k6's answers by status",
  explains: explained,
  falseFriends: [
    'Short latencies: a refusal is the fastest answer of all',
    'The pool: hardly anything asked for a connection',
  ],
  look,
};
