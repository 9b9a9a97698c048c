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

/** By k6's codes of requests that reached nobody. */
const unreached: readonly { codes: readonly number[]; kind: string; words: string; remedy: string }[] = [
  {
    codes: [1110, 1111],
    kind: 'not-allowed',
    words: 'its address is not of this machine, and pgsurge loads no other that was not named',
    remedy: 'Let the script take TARGET_URL from its environment; a host of your own is named by --allow-host',
  },
  {
    codes: [1211, 1212],
    kind: 'dead',
    words: 'nothing listens there',
    remedy: 'Start the service, or mend the address',
  },
  {
    codes: [1100, 1101],
    kind: 'no-name',
    words: 'the name of its host is not known here',
    remedy: 'Mend the address in the script; TARGET_URL in its environment holds the one of the service',
  },
  {
    codes: [1300, 1310, 1311],
    kind: 'tls',
    words: 'its certificate is not accepted',
    remedy: 'Speak HTTP to it, or set insecureSkipTLSVerify in the script',
  },
];

/** Some of them are the service's own story, but for those that were never sent. */
const byCode = ({ byCode: tally, all, served, unanswered }: Requests): Miss | null => {
  for (const { codes, kind, words, remedy } of unreached) {
    const count = codes.reduce((total, code) => total + (tally.get(code) ?? 0), 0);
    const isAllOver = served === 0 && unanswered >= allOver * all && count >= allOver * unanswered;
    if (count >= fewest && (isAllOver || kind === 'not-allowed')) return { kind, count, words, remedy };
  }
  return null;
};

const look = ({ requests }: Seen): Sighting | null => {
  const miss = byCode(requests) ?? byStatus(requests) ?? byRoute(requests) ?? byTime(requests);
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
