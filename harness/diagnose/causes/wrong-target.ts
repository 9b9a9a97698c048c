/** The load does not reach what it is to test: nothing listens, or the answer is always the same refusal. */
import { formatCountOf, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import type { Requests } from '../seen/requests.ts';
import type { Seen } from '../seen/seen.ts';

const allOver = 0.9;
const fewest = 5;

interface Miss {
  kind: string;
  count: number;
  words: string;
  remedy: string;
}

const statuses: readonly { status: number; kind: string; words: string; remedy: string }[] = [
  {
    status: 404,
    kind: 'not-found',
    words: '404 (there is no such route)',
    remedy: "Compare the script's paths with those of the service, and the ids with what is in its database",
  },
  {
    status: 401,
    kind: 'unauthorized',
    words: '401 (nobody is logged in)',
    remedy: 'Let the script log in, and again before its token ends',
  },
  {
    status: 403,
    kind: 'forbidden',
    words: '403 (not allowed)',
    remedy: 'Give the user of the script the right, or another user',
  },
  {
    status: 405,
    kind: 'method',
    words: '405 (wrong method)',
    remedy: "Compare the script's methods with those of the service",
  },
  { status: 410, kind: 'gone', words: '410 (gone)', remedy: "Compare the script's paths with those of the service" },
];

const byStatus = ({ byStatus: tally, all }: Requests): Miss | null => {
  for (const { status, kind, words, remedy } of statuses) {
    const count = tally.get(status) ?? 0;
    if (count >= fewest && count >= allOver * all) return { kind, count, remedy, words: `every answer is ${words}` };
  }
  return null;
};

/** One route of several, all of whose answers are the same refusal. */
const byRoute = ({ routes }: Requests): Miss | null => {
  for (const { status, kind, words, remedy } of statuses) {
    const wrong = routes.filter(
      (route) => route.name !== '' && route.all >= fewest && (route.byStatus.get(status) ?? 0) >= allOver * route.all,
    );
    if (wrong.length === 0) continue;
    const count = wrong.reduce((total, route) => total + (route.byStatus.get(status) ?? 0), 0);
    const names = wrong
      .slice(0, 3)
      .map(({ name }) => name.slice(0, 80))
      .join(', ');
    return { kind, count, remedy, words: `every answer to ${names} is ${words}` };
  }
  return null;
};

/** From some instant on: a login that ran out. */
const byTime = ({ byStatus: tally, failed }: Requests): Miss | null => {
  const count = tally.get(401) ?? 0;
  if (count < fewest || count < 0.9 * failed) return null;
  return {
    kind: 'login-ended',
    count,
    words: 'answers are 401: the login of the script ran out or is missing',
    remedy: statuses[1]!.remedy,
  };
};

const dead = ({ byCode, all, served, unanswered }: Requests): Miss | null => {
  const refused = (byCode.get(1212) ?? 0) + (byCode.get(1211) ?? 0);
  if (all < fewest || served > 0 || unanswered < allOver * all || refused < allOver * unanswered) return null;
  return {
    kind: 'dead',
    count: unanswered,
    words: 'nothing listens there',
    remedy: 'Start the service, or mend the address',
  };
};

const look = ({ requests }: Seen): Sighting | null => {
  const miss = dead(requests) ?? byStatus(requests) ?? byRoute(requests) ?? byTime(requests);
  if (miss === null) return null;
  return {
    kind: miss.kind,
    sentence: `The load does not reach what it is to test: ${miss.words}`,
    number: `${formatCountOf(miss.count, requests.all)} requests`,
    evidence: [{ text: `${plural(miss.count, 'request')}: ${miss.words}`, source: 'k6' }],
    against: requests.failed === 0 ? ['the script takes these answers for right'] : [],
    remedy: { sentence: `${miss.remedy}. How fast it was says nothing of the database` },
    harm: { failed: Math.min(miss.count, requests.failed) },
  };
};

export const cause: Cause = {
  id: 'wrong-target',
  title: 'The load misses its target',
  rank: 2,
  needs: "k6's answers by status",
  explains: ['wrong-data', 'cold-start', 'closed-loop-stall'],
  falseFriends: ['Speed: a refusal is the fastest answer of all', 'The pool: hardly anything asked for a connection'],
  look,
};
