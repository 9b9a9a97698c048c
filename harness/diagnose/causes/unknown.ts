/** Something is wrong and no cause was seen: which sources were missing, and what they would show. */
import type { Evidence } from '../../result.ts';
import { errorFamilies } from '../../measure/errors/error-families.ts';
import type { ErrorFamily } from '../../measure/errors/error-family.ts';
import { formatCount, formatSeconds, plural } from '../../measure/numbers-in-words.ts';
import { lengthOf } from '../../measure/silence.ts';
import type { Cause, Sighting } from '../cause.ts';
import { at, failedWords, isSlowThroughout, seconds } from '../say.ts';
import type { Seen } from '../seen/seen.ts';
import { insideWords } from '../seen/inside.ts';
import { unmetOf } from '../seen/unmet.ts';

/** Neither waits nor statements explain it, as far as they were seen. */
const slowWords = (seen: Seen): string => {
  const { requests, sessions } = seen;
  const free = insideWords(seen);
  return (
    `half of all answers take ${seconds(requests.latencyMsP50! / 1000)} or longer, while ` +
    `${sessions.active.mean.toFixed(1)} sessions of the database are at work on the average, and ` +
    (free === null
      ? 'nothing that was seen says where that time goes'
      : `${free}: that time goes by inside the service, or in what it calls`)
  );
};

/** `http.expectedStatuses` makes any answer one that is served. */
const expectedErrorsWords = ({ requests }: Seen): string =>
  `${formatCount(requests.expectedServerErrors)} of ${formatCount(requests.all)} answers are errors of the server ` +
  '(5xx), which only the script takes for right, and nothing that was seen says why';

/** What stands before a service (a proxy, a load balancer) says these where it reaches none, or waits too long. */
const gateway = new Set([502, 503, 504]);

/** By which answer, where nearly all of them are one. */
const failedBy = ({ requests }: Seen): string => {
  const [most] = [...requests.byStatus]
    .filter(([status]) => status === 0 || status >= 400)
    .toSorted((a, b) => b[1] - a[1]);
  if (most === undefined || most[1] < 0.9 * requests.failed) return '';
  const [status] = most;
  if (status === 0) return ' without an answer';
  return gateway.has(status) && !requests.byStatus.has(500)
    ? ` (with ${status}: mostly by what stands before the service)`
    : ` (with ${status})`;
};

const isRefusedTooOften = ({ entry, requests }: Seen): boolean =>
  requests.refused > 0 && entry.criteria.some(({ id, verdict }) => id === 'refused-requests' && verdict === 'fail');

const refusedWords = ({ requests: { refused, all } }: Seen): string =>
  `${refused === all ? 'all' : `${formatCount(refused)} of`} ${formatCount(all)} requests were refused (429), and ` +
  'nothing that was seen says by what';

const symptomOf = (seen: Seen): string => {
  const { requests, silence, sessions, entry } = seen;
  if (sessions.all.count === 0) return 'the sessions of the database were not seen';
  if (requests.all === 0) return 'the script sent no HTTP request, so nothing says whether anybody was kept waiting';
  const failed = requests.failed;
  if (failed > 0) return `${failedWords(failed, seen)} failed${failedBy(seen)}, and nothing that was seen says why`;
  if (requests.served === 0 || isRefusedTooOften(seen)) return refusedWords(seen);
  if (requests.expectedServerErrors > 0) return expectedErrorsWords(seen);
  if (silence !== null)
    return (
      `nobody was answered for ${formatSeconds(lengthOf(silence))} at ` +
      `${at(silence.startMs, seen)}, and nothing that was seen says why`
    );
  if (isSlow(seen)) return slowWords(seen);
  const dropped = entry.loadTotals?.droppedIterations ?? 0;
  if (dropped > 0) return `${formatCount(dropped)} iterations could not be begun, and nothing that was seen says why`;
  const worst = entry.criteria.find(({ verdict }) => verdict === 'fail');
  return worst === undefined ? 'too little was seen' : `nothing that was seen says why this failed: ${worst.title}`;
};

/** Nothing else is to be told of it. */
const isSlow = (seen: Seen): boolean => {
  const { requests, silence, sessions } = seen;
  const isOtherwise = requests.failed > 0 || requests.expectedServerErrors > 0 || silence !== null;
  const isSeen = sessions.all.count > 0 && requests.served > 0;
  return isSeen && !isOtherwise && !isRefusedTooOften(seen) && isSlowThroughout(seen);
};

const isInside = (seen: Seen): boolean => isSlow(seen) && insideWords(seen) !== null;

/** Sources that this run is without, and what each would show of its connections. */
const missingOf = (seen: Seen): string[] => (isInside(seen) ? [] : lackingIn(seen));

const lackingIn = ({ errors, taps, pooler, levels, sessions }: Seen): string[] => [
  ...(errors.hasLog('service') ? [] : ["the service's log (--service-log FILE) would show its errors in words"]),
  ...(taps.length > 0
    ? []
    : ['a tap before the database (pgsurge tap, --tap-url) would show holds, logins and errors of its connections']),
  ...(taps.some(({ seesAll }) => !seesAll)
    ? ['the service without TLS up to the tap (sslmode=disable), which speaks it to the server, would show all it does']
    : []),
  ...(pooler === null
    ? ["the pooler's console (--pooler-admin-url) would show who waits there, if there is a pooler"]
    : []),
  ...(levels.has('db.client.connection.count')
    ? []
    : ['metrics of the app pool (--otlp-port) would show who waits inside the service']),
  ...(sessions.all.count > 0
    ? []
    : ['sessions of the database (--database-url of a role with pg_monitor) would show what they do']),
  ...(sessions.hidden.peak > 0 ? ["pg_monitor for the probe's role would show what the sessions do"] : []),
];

/** It loses words, settings and locks; no answer is slow by that. */
const isOnlySlow = ({ criteria }: Seen['entry']): boolean => {
  const failed = criteria.filter(({ verdict }) => verdict === 'fail');
  return failed.length > 0 && failed.every(({ id }) => ['api-p95', 'query-p95', 'burst-recovery'].includes(id));
};

/** What a session was told before the run began is not seen in it, and behind such a pooler it is lost. */
const stateOfSessions = ({ pooler, taps, entry }: Seen): string[] =>
  taps.length === 0 && !isOnlySlow(entry) && (pooler?.mode === 'transaction' || pooler?.mode === 'statement')
    ? [
        `LISTEN, SET and locks of a session do not hold behind a pooler with pool_mode = ${pooler.mode}, and leave ` +
          "no trace when they were made before the run: the pooler's log (given as --service-log), or a service " +
          'that is started anew behind a tap, would show them',
      ]
    : [];

const statusesOf = ({ requests }: Seen): Evidence[] =>
  [...requests.byStatus]
    .filter(([status]) => status === 0 || status >= 400)
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([status, count]) => ({
      text: status === 0 ? `${count} × no answer` : `${count} × status ${status}`,
      source: 'k6',
    }));

const sentenceCase = (title: string): string =>
  /^[A-Z](?:[a-z]| )/.test(title) && !/^(?:Postgres|PgBouncer)/.test(title)
    ? title[0]!.toLowerCase() + title.slice(1)
    : title;

/** Told by the logs, though no cause is known to it. */
const toldOf = (seen: Seen): Evidence[] => seen.errors.evidence(...seen.errors.families).slice(0, 3);

/** Fewer of a kind than that do not tell of what failed. */
const tellingShare = 0.1;

const mostTold = ({ errors }: Seen): { family: ErrorFamily; count: number } | null => {
  const [most] = errorFamilies
    .filter(({ id }) => errors.families.has(id))
    .map((family) => ({ family, count: errors.count(family.id) }))
    .toSorted((a, b) => b.count - a.count);
  return most ?? null;
};

/** What failed is told by the logs in words that none of the causes is made of: a repeated key, a bug. */
const inWords = (seen: Seen): Sighting | null => {
  const told = mostTold(seen);
  const { failed } = seen.requests;
  if (told === null || failed === 0 || told.count < tellingShare * failed) return null;
  const { family, count } = told;
  const isOwn = family.id === 'other';
  return {
    sentence: isOwn
      ? `No cause that is known here fits; the logs tell ${plural(count, 'error')} in words that no database, driver ` +
        'or pooler is known to use'
      : `No cause that is known here fits; the logs say it in words, ${formatCount(count)} times: ` +
        sentenceCase(family.title),
    number: `${failedWords(failed, seen)} failed`,
    evidence: [...statusesOf(seen), ...seen.errors.evidence(family.id)],
    remedy: { sentence: isOwn ? 'Look for the first of these errors in the log' : family.nextStep },
    harm: { failed: Math.min(count, failed) },
  };
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const failedOf = ({ entry }: Seen): Evidence[] => {
  const unmet = unmetOf(entry);
  return unmet?.verdict === 'fail' ? unmet.measured : [];
};

/** What failed has an advice of its own, which the page gives above: it comes first here, too. */
const remedyOf = (seen: Seen, missing: readonly string[]): string => {
  const unmet = unmetOf(seen.entry);
  const advice = unmet?.verdict === 'fail' ? `${unmet.nextStep} ` : '';
  if (isInside(seen))
    return (
      `${advice}Look for what the service waits for before it asks for a connection: a limit or a queue of its own, ` +
      'another service'
    );
  if (missing.length === 0)
    return `${advice}Look into the service's own log at that time, and ask pgsurge why about its words`;
  return `${advice}Run again with what is missing: ${missing.join('; ')}`;
};

const cannotTell = (seen: Seen): Sighting => {
  const missing = missingOf(seen);
  const [first, ...others] = missing;
  const { failed, all } = seen.requests;
  return {
    sentence: `Cannot tell, because ${symptomOf(seen)}${first === undefined ? '' : `. ${capital(first)}`}`,
    number: `${failedWords(failed, seen)}${all === 0 ? '' : ' failed'}`,
    evidence: [...statusesOf(seen), ...toldOf(seen), ...failedOf(seen)],
    against: [...others, ...stateOfSessions(seen)],
    remedy: { sentence: remedyOf(seen, missing) },
    harm: { failed: null },
  };
};

const look = (seen: Seen): Sighting | null => inWords(seen) ?? cannotTell(seen);

export const cause: Cause = {
  id: 'unknown',
  title: 'Not known',
  rank: 99,
  needs: 'nothing',
  explains: [],
  falseFriends: [],
  last: true,
  look,
};
