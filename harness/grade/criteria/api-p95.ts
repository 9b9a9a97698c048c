import { alertBound, alertSeconds } from '../alert-bounds.ts';
import type { Criterion, JudgeInput, Measurement, Sustained } from '../criterion.ts';
import type { Pile } from '../histogram-pile.ts';
import { requestCounts, requestDurations, slowestRoute } from '../requests.ts';
import { loadedPhaseNames, loadedWindows } from '../judged-windows.ts';
import { timedDurations } from '../timed-requests.ts';
import { fewestObservations, stretchMs, worstQuantile } from '../worst-window.ts';
import { noLoad, notSeen, tooFew } from '../unknowns.ts';
import { formatCount, formatCountOf } from '../../measure/numbers-in-words.ts';

/** Of those that succeeded, so it is told only where none failed: with them the whole is another figure. */
const slowestWords = (input: JudgeInput, failed: number): string => {
  const route = failed > 0 ? null : slowestRoute(input.observations, input.phases, 'interactive');
  if (route === null) return '';
  const { name, p95, count } = route;
  return `; the slowest route by itself is ${name}, p95 ${p95.toFixed(1)} ms of ${formatCount(count)}`;
};

/** More than 5 % failed, so there is no 95th of a hundred, and no figure of it: 0 ms of nothing is not quick. */
const neverServed = (answered: Pile, failed: number, measuredBy: string): Measurement => {
  const count = answered.count + failed;
  const reason = `${formatCountOf(failed, count)} interactive requests failed, so 95 % were never served`;
  const worst = { verdict: 'fail' as const, reason };
  return { state: 'measured', value: 0, hasNoValue: true, count, numerator: failed, measuredBy, worst };
};

const sustainedIn = (input: JudgeInput): Sustained | null => {
  const ms = stretchMs(alertSeconds('api-p95'), input);
  const worst = worstQuantile(timedDurations(input, 'interactive'), 0.95, loadedWindows(input.phases), ms);
  if (worst === null) return null;
  const { value, count, part: failed } = worst;
  const words = Number.isFinite(value)
    ? `95 % of ${formatCount(count)} took ${value.toFixed(1)} ms or less`
    : `${formatCountOf(failed, count)} failed, so 95 % were never served`;
  return { ...worst, words, source: 'http_req_duration' };
};

const measuredByOf = (answered: Pile, failed: number): string =>
  `k6, merged histograms of ${formatCount(answered.count)} requests that succeeded; ` +
  `${formatCount(failed)} that failed count as slowest`;

const tookWords = (count: number, ms: number): string =>
  `95 % of ${formatCount(count)} interactive requests took ${ms.toFixed(1)} ms or less`;

/** A request that failed never arrived: it counts as slower than all others, so failing fast looks slow. */
const measure = (input: JudgeInput): Measurement => {
  if (loadedPhaseNames(input.phases).size === 0) return noLoad;
  const answered = requestDurations(input.observations, input.phases, 'interactive');
  const { error } = requestCounts(input.observations, input.phases, 'interactive');
  const count = answered.count + error;
  if (count === 0) return notSeen('interactive requests');
  const measuredBy = measuredByOf(answered, error);
  const share = (0.95 * count) / Math.max(1, answered.count);
  if (share > 1) return neverServed(answered, error, measuredBy);
  if (count < fewestObservations) return tooFew(count, fewestObservations, 'interactive requests');
  const value = answered.quantile(share) ?? 0;
  const reason = `${tookWords(count, value)}${slowestWords(input, error)}`;
  return { state: 'measured', value, count, measuredBy, reason, sustained: sustainedIn(input) };
};

export const criterion: Criterion = {
  id: 'api-p95',
  title: 'Interactive request p95',
  failureTitle: 'Interactive requests are slow',
  source: '002',
  unit: 'ms',
  figureWords: 'at p95',
  bounds: [alertBound('api-p95')],
  causeRank: 60,
  suitsReferenceOnly: true,
  needs: 'requests',
  sees: [{ source: 'k6' }],
  chart: 'latency',
  nextStep: 'See where the time went: app pool wait, pooler wait, database, or the rest. Work on the largest.',
  measure,
};
