/** Work that failed is tried again at once, and the tries are more load than the work. */
import { formatNumber, plural } from '../../measure/numbers-in-words.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { growthOf, totalMs, totalOf, type Window } from '../../measure/tracks/windows.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedBetween } from '../seen/requests.ts';
import type { Seen } from '../seen/seen.ts';

/** Tries for each piece of work, beside those of the calm time. */
const amplified = 2;
const shortestMs = 2000;
const moreLoad = 1.2;

interface Rates {
  calm: number;
  storm: number;
  what: string;
  source: string;
  atMs: number;
}

const calmOf = ({ span }: Seen, storm: Window): Window[] =>
  [
    { startMs: span.startMs, endMs: storm.startMs },
    { startMs: storm.endMs, endMs: span.endMs },
  ].filter(({ startMs, endMs }) => endMs - startMs >= shortestMs);

/** The pooler counts from its start on, all others from look to look. */
const amountOf = ({ observations }: Seen, name: string, windows: readonly Window[]): number => {
  const series = seriesOf(observations, name);
  return name.startsWith('pooler.') ? growthOf(series, windows) : totalOf(series, windows);
};

/** Of a counter of tries, for each piece of work that was begun in the same time. */
const ratio = (seen: Seen, tries: string, work: string, windows: readonly Window[]): number | null => {
  const begun = amountOf(seen, work, windows);
  return begun === 0 ? null : amountOf(seen, tries, windows) / begun;
};

/** In the same time there are more of them than in the calm. */
const areMore = (seen: Seen, name: string, calm: readonly Window[], storm: Window): boolean =>
  amountOf(seen, name, [storm]) / totalMs([storm]) > moreLoad * (amountOf(seen, name, calm) / totalMs(calm));

const ratesOf = (seen: Seen): Rates | null => {
  // The polls of a scenario of ours are many in an iteration, and more where jobs are slow.
  if (seen.entry.load.script == null) return null;
  const storm = failedBetween(seen.requests);
  if (storm === null || storm.endMs - storm.startMs < shortestMs) return null;
  const calm = calmOf(seen, storm);
  if (calm.length === 0) return null;
  const pairs = [
    { tries: 'http_reqs', work: 'iterations', what: 'requests for each iteration of the load', source: 'k6' },
    { tries: 'tap.acquisitions', work: 'http_reqs', what: 'uses of a connection for each request', source: 'the tap' },
    { tries: 'pooler.transactions', work: 'http_reqs', what: 'transactions for each request', source: 'SHOW STATS' },
  ];
  for (const { tries, work, what, source } of pairs) {
    const [before, during] = [ratio(seen, tries, work, calm), ratio(seen, tries, work, [storm])];
    if (before === null || during === null || before === 0 || during < amplified * before) continue;
    // Work that no request asks for goes on while requests wait: then their share grows, and nobody tries more often.
    if (work === 'http_reqs' && !areMore(seen, tries, calm, storm)) continue;
    return { calm: before, storm: during, what, source, atMs: storm.startMs };
  }
  return null;
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Try again after a pause that grows and is random, a few times at most, and stop while the service refuses ' +
    '(a budget of retries, a circuit breaker)',
  config: { of: 'the client', lines: 'retries = 2, pause = random(0, 100 ms × 2^n), budget = 10 % of requests' },
};

const look = (seen: Seen): Sighting | null => {
  const rates = ratesOf(seen);
  if (rates === null) return null;
  const times = rates.storm / rates.calm;
  return {
    sentence:
      `What failed was tried again at once: ${formatNumber(rates.storm)} ${rates.what} while requests failed, ` +
      `${formatNumber(rates.calm)} else`,
    number: `${formatNumber(times)} times the load, ${plural(seen.requests.failed, 'request')} failed`,
    evidence: [{ atMs: rates.atMs, text: `${formatNumber(rates.storm)} ${rates.what}`, source: rates.source }],
    remedy,
    harm: {},
  };
};

export const cause: Cause = {
  id: 'retry-storm',
  title: 'Retries are more load than the work',
  rank: 44,
  needs: 'tries beside the work that was begun: k6, or a tap',
  explains: ['app-pool', 'pooler-pool'],
  falseFriends: ['More load: nobody asked for more', 'A larger pool'],
  look,
};
