/** Only the first seconds fail, or are slow: caches, pools and code that are not warm yet. */
import { formatSeconds } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords } from '../say.ts';
import { failedBetween, type Requests } from '../seen/requests.ts';
import type { Seen } from '../seen/seen.ts';

/** Failures of a cold start lie in the first part, and for a while after it there is none. */
const firstShare = 0.25;
const firstSeconds = 10;

interface Cold {
  failed: number;
  untilMs: number;
}

const coldOf = ({ requests, span }: Seen): Cold | null => {
  const failing = failedBetween(requests);
  if (failing === null) return null;
  const lengthMs = span.endMs - span.startMs;
  const most = Math.min(firstSeconds * 1000, lengthMs * firstShare);
  const begins = failing.startMs - span.startMs <= Math.max(2000, most / 2);
  if (!begins || failing.endMs - span.startMs > most + 1000) return null;
  return { failed: requests.failed, untilMs: failing.endMs };
};

/** All that failed got one answer: the service says itself that it is not ready. */
const statusWords = ({ byStatus }: Requests): string => {
  const [worst] = [...byStatus].filter(([status]) => status === 0 || status >= 400).toSorted((a, b) => b[1] - a[1]);
  return worst === undefined || worst[0] === 0 ? 'without an answer' : `with status ${worst[0]}`;
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Say that the service is ready only when it is (caches loaded, connections opened), and let the load, or the ' +
    'load balancer, wait for that; or cut a warm-up from what is judged',
  config: { of: 'the service', lines: 'GET /ready → 503 until the pool is warm' },
};

const look = (seen: Seen): Sighting | null => {
  const cold = coldOf(seen);
  if (cold === null) return null;
  const afterMs = seen.span.endMs - cold.untilMs;
  return {
    sentence:
      `Only the first ${formatSeconds(cold.untilMs - seen.span.startMs)} fail, ` +
      `${statusWords(seen.requests)}: afterwards ` +
      `the service served everything for ${formatSeconds(afterMs)}`,
    number: `${failedWords(cold.failed, seen)} failed, all at the start`,
    evidence: [
      { atMs: seen.span.startMs, untilMs: cold.untilMs, text: `${cold.failed} failed requests`, source: 'k6' },
    ],
    remedy,
    harm: { failed: cold.failed },
  };
};

export const cause: Cause = {
  id: 'cold-start',
  title: 'A cold start',
  rank: 54,
  needs: 'when requests failed (k6)',
  explains: [],
  falseFriends: ['A limit: what holds later under the same load was not reached', 'A larger pool'],
  look,
};
