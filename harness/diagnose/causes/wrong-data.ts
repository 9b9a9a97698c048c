/** What was answered, or stored, is wrong: the script's checks on content, and the checkers of the database. */
import type { Evidence } from '../../result.ts';
import { formatCountOf, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import type { Seen } from '../seen/seen.ts';

interface Wrong {
  kind: 'content' | 'expectation' | 'stored';
  what: string;
  count: number;
  all: number;
  source: string;
}

/** A check on the status says again what the requests say, unless it fails where they did not. */
const isOfStatus = /\b(status|http|[1-5]\d\d|[1-5]xx|ok|success\w*|respond\w*|answer\w*|reachable|up|served)\b/i;
const isOfTime = /\b(ms|seconds?|latency|duration|fast|quick|time|slow\w*|under|below|within)\b/i;

/** A check fails with each request that failed; one that fails much more often speaks of the content. */
const moreOften = 1.5;

const kindOf = (name: string): Wrong['kind'] => (isOfStatus.test(name) ? 'expectation' : 'content');

/** Content first: a check on the status may be one on a body that says "ok" of itself. */
const byScript = ({ entry, requests }: Seen): Wrong[] => {
  const failedShare = requests.all === 0 ? 0 : (requests.failed + requests.refused) / requests.all;
  return (entry.loadTotals?.checks ?? [])
    .filter(({ fails, name }) => fails > 0 && !isOfTime.test(name))
    .filter(({ fails, passes }) => fails / (fails + passes) > moreOften * failedShare)
    .map(({ name, fails, passes }): Wrong => ({
      kind: kindOf(name),
      what: `"${name}"`,
      count: fails,
      all: fails + passes,
      source: "the script's check",
    }))
    .toSorted((one, other) => one.kind.localeCompare(other.kind));
};

const byCheckers = ({ entry }: Seen): Wrong[] =>
  entry.checks
    .filter(({ status }) => status === 'violated')
    .map(({ title, violations, examined }): Wrong => ({
      kind: 'stored',
      what: `"${title}"`,
      count: violations,
      all: Math.max(examined, violations),
      source: 'checkers',
    }));

const write =
  'Find the write that was lost, doubled or torn: work that goes on outside its transaction after the connection ' +
  'broke, a retry without an idempotency key, an answer before the commit. No pool size changes it';

const words: Readonly<Record<Wrong['kind'], { sentence: string; remedy: string }>> = {
  stored: { sentence: 'Data is wrong', remedy: write },
  content: {
    sentence: 'Data is wrong',
    remedy:
      'Look at the body of such an answer: an error that is told with status 200 counts as served everywhere else, ' +
      `and should be a 5xx. If it is data: ${write[0]!.toLowerCase()}${write.slice(1)}`,
  },
  expectation: {
    sentence: 'The answers are not what the script expects, though they are no errors by their status',
    remedy: 'Compare the check with such an answer, status and body: one of both is wrong. No pool size changes it',
  },
};

/** A script of WebSockets or gRPC alone sends none. */
const servedWords = ({ requests }: Seen): string =>
  requests.all === 0 ? '' : `; ${plural(requests.served, 'request')} were served all the same`;

const look = (seen: Seen): Sighting | null => {
  const wrong = [...byScript(seen), ...byCheckers(seen)];
  const [first] = wrong;
  if (first === undefined) return null;
  const more = wrong.length === 1 ? '' : ` (and ${wrong.length - 1} more)`;
  const evidence: Evidence[] = wrong
    .slice(0, 5)
    .map(({ what, count, all, source }) => ({ text: `${what}: ${formatCountOf(count, all)} times not so`, source }));
  return {
    sentence: `${words[first.kind].sentence}: ${first.what} does not hold${more}`,
    number: `${formatCountOf(first.count, first.all)} times${servedWords(seen)}`,
    evidence,
    remedy: { sentence: words[first.kind].remedy },
    harm: { failed: 0 },
  };
};

export const cause: Cause = {
  id: 'wrong-data',
  title: 'Wrong data',
  rank: 58,
  needs: "checks of the script on content, or pgsurge's own checkers",
  explains: [],
  falseFriends: ['Goodput: wrong answers are served as quickly as right ones'],
  look,
};
