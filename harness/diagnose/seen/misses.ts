/** Loads that do not reach what they are to test: the same refusal all over, redirects, addresses where nobody is. */
import { formatCountOf, formatNumber } from '../../measure/numbers-in-words.ts';
import { at } from '../say.ts';
import { failedBetween, type Requests } from './requests.ts';
import type { Seen } from './seen.ts';
import { databaseUse } from './statements.ts';

const allOver = 0.9;
const fewest = 5;

export interface Miss {
  kind: string;
  count: number;
  /** Of so many, where they are not among the requests that k6 counts. */
  of?: number;
  words: string;
  remedy: string;
  against?: string;
}

interface Refusal {
  status: number;
  kind: string;
  words: string;
  remedy: string;
}

const logIn = 'Let the script log in, and again before its token ends';

const notTaken = (status: number, what: string): Refusal => ({
  status,
  kind: 'bad-request',
  words: `${status} (the service ${what} what the script sends)`,
  remedy: "Compare the script's bodies and headers with what the service wants",
});

const refusals: readonly Refusal[] = [
  {
    status: 404,
    kind: 'not-found',
    words: '404 (no such route, or nothing under that id)',
    remedy: "Compare the script's paths with those of the service, and the ids in them with the rows of its database",
  },
  { status: 401, kind: 'unauthorized', words: '401 (nobody is logged in)', remedy: logIn },
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
  notTaken(400, 'does not take'),
  notTaken(413, 'finds too large'),
  notTaken(415, 'does not know the type of'),
  notTaken(422, 'finds wrong'),
  { status: 410, kind: 'gone', words: '410 (gone)', remedy: "Compare the script's paths with those of the service" },
];

const byStatus = ({ byStatus: tally, all }: Requests): Miss | null => {
  for (const { status, kind, words, remedy } of refusals) {
    const count = tally.get(status) ?? 0;
    if (count >= fewest && count >= allOver * all) return { kind, count, remedy, words: `every answer is ${words}` };
  }
  return null;
};

/** One route of several, all of whose answers are the same refusal. */
const byRoute = ({ routes }: Requests): Miss | null => {
  for (const { status, kind, words, remedy } of refusals) {
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

const tellingShare = 0.1;
const notOfDatabase = new Set(['other', 'elsewhere']);

/** Some services answer 400 to whatever the database refused: where a log tells of that, the request was right. */
const isToldOtherwise = ({ errors }: Seen, { kind, count }: Miss): boolean =>
  kind === 'bad-request' &&
  [...errors.families].some((family) => !notOfDatabase.has(family) && errors.count(family) >= tellingShare * count);

const byAnswer = (seen: Seen): Miss | null => {
  const miss = byStatus(seen.requests) ?? byRoute(seen.requests);
  return miss === null || isToldOtherwise(seen, miss) ? null : miss;
};

/** From some instant on: a login that ran out. */
const byTime = (seen: Seen): Miss | null => {
  const { byStatus: tally, failed } = seen.requests;
  const count = tally.get(401) ?? 0;
  if (count < fewest || count < allOver * failed) return null;
  const { startMs } = failedBetween(seen.requests)!;
  return {
    kind: 'login-ended',
    count,
    words: `from ${at(startMs, seen)} on answers are 401: the login of the script ran out or is missing`,
    remedy: logIn,
  };
};

const redirects = [301, 302, 303, 307, 308];
/** k6 follows a redirect and counts both: half of the answers are redirects then. */
const followed = 0.45;

/** A script that checks for a redirect wants one. */
const wantsRedirects = ({ entry }: Seen): boolean =>
  (entry.loadTotals?.checks ?? []).some(
    ({ name, passes }) => passes > 0 && /\b30[12378]\b|\b3xx\b|redirect|location/i.test(name),
  );

const statusWords = (tally: ReadonlyMap<number, number>): string =>
  redirects.filter((status) => (tally.get(status) ?? 0) > 0).join(' or ');

/** Where all are sent on to, by the name of the requests that were none of them; null: k6 did not follow. */
const sentOnTo = ({ routes }: Requests): string | null => {
  const [most] = routes
    .filter(({ name, byStatus: tally }) => name !== '' && redirects.every((status) => !tally.has(status)))
    .toSorted((a, b) => b.all - a.all);
  return most === undefined ? null : most.name.slice(0, 80);
};

/**
 * Sent on all over, to a login page mostly. One that is sent on within the service (to another spelling of its path)
 * asks the database in the end, and a service whose work is to redirect asks it first.
 */
const byRedirect = (seen: Seen): Miss | null => {
  const { requests } = seen;
  const { byStatus: tally, all } = requests;
  const count = redirects.reduce((total, status) => total + (tally.get(status) ?? 0), 0);
  if (count < fewest || count < followed * all || wantsRedirects(seen)) return null;
  const use = databaseUse(seen);
  if (use === null || !use.isHardlyAny) return null;
  const to = sentOnTo(requests);
  const every = count >= allOver * all ? 'every answer' : 'the first answer to every request';
  return {
    kind: 'redirected',
    count,
    words:
      `${every} is ${statusWords(tally)} (sent on${to === null ? '' : ` to ${to}`}), and the database was hardly ` +
      `asked (${formatNumber(use.each)} ${use.what} a request, by ${use.source})`,
    remedy:
      'Ask for such an address with curl -i: mostly it leads to a login, and the script lacks one. Let it log in, or ' +
      'ask where the answer sends it',
    against: 'a service whose work is to redirect, and which does so from memory, looks the same',
  };
};

interface Unreached {
  codes: readonly number[];
  kind: string;
  words: string;
  remedy: string;
}

const noAddress =
  'Look at how the script makes its URLs: mostly a variable is empty (k6 run needs -e NAME=VALUE, and __ENV.NAME is ' +
  'undefined without it)';

/** By k6's codes of requests that reached nobody. */
const unreached: readonly Unreached[] = [
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

/** `undefined/items`, and `/items` without a host: k6 has no code of its own for them, only words. */
const noAddressWords = /unsupported protocol scheme|no Host in request URL/i;

const byWords = ({ byError }: Requests): Miss | null => {
  const [worst] = [...byError].filter(([text]) => noAddressWords.test(text)).toSorted((a, b) => b[1] - a[1]);
  if (worst === undefined || worst[1] < fewest) return null;
  const [text, count] = worst;
  return { kind: 'no-address', count, words: `its address is none (${text.slice(0, 160)})`, remedy: noAddress };
};

/** Those are in no figure of k6's. */
const byUnsent = ({ entry, requests }: Seen): Miss | null => {
  const unsent = entry.loadTotals?.words?.unsent;
  if (unsent == null) return null;
  const of = requests.all + unsent.count;
  const words = `${formatCountOf(unsent.count, of)} requests were never sent, since their URL is none (${unsent.text})`;
  return { kind: 'no-address', count: unsent.count, of, words, remedy: noAddress };
};

export const missOf = (seen: Seen): Miss | null => {
  const { requests } = seen;
  return byUnsent(seen) ?? byWords(requests) ?? byCode(requests) ?? byAnswer(seen) ?? byTime(seen) ?? byRedirect(seen);
};
