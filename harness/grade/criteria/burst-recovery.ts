import { countAbove, mergeAll, quantile } from '../../measure/histograms/histogram.ts';
import { formatNumber, formatSeconds } from '../../measure/numbers-in-words.ts';
import { histogramsOf, seriesOf, type HistogramSeries } from '../../measure/tracks/observations.ts';
import { lastTimeOf, sumPerSecond, type Window } from '../../measure/tracks/windows.ts';
import type { PhaseResult } from '../../result.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { lastSlowMs, slowTransactionSeconds } from '../recovery.ts';
import { slowRequestMs } from '../request-windows.ts';
import { requestTimes } from '../requests.ts';
import { notSeen, tooFew } from '../unknowns.ts';

/** A quiet window without traffic is no recovery. */
const fewest = 20;
/** A task that begins this late is as slow as a transaction that takes so long (ours). */
const lateTaskSeconds = 1;

/** The last instant at which the burst was still felt in one way; null: it was not. */
interface Felt {
  lastMs: number | null;
  /** Up to when it could have been seen. */
  seenUntilMs: number;
  words: string;
}

const countAfter = (series: readonly HistogramSeries[], fromMs: number): number =>
  series.reduce(
    (total, { tMs, histograms }) =>
      total + histograms.reduce((sum, { count }, index) => (tMs[index]! > fromMs ? sum + count : sum), 0),
    0,
  );

const latest = (times: readonly number[], fromMs: number): number | null =>
  times.reduce<number | null>((last, atMs) => (atMs > fromMs ? Math.max(last ?? atMs, atMs) : last), null);

const transactions = ({ observations }: JudgeInput): HistogramSeries[] =>
  histogramsOf(observations, 'pgsurge.transaction.duration');
/** A journey of a team's own is measured by k6 alone, without the time that connecting took. */
const requests = ({ observations, phases, isForeign }: JudgeInput): HistogramSeries[] => {
  if (isForeign !== true) return histogramsOf(observations, 'pgsurge_request_duration');
  const names = new Set(phases.map(({ name }) => name));
  return histogramsOf(observations, 'http_req_duration').filter(({ labels }) => names.has(labels['phase'] ?? ''));
};

/** What a team's requests usually take nobody declared: slow is twice what 95 of a hundred took before the burst. */
const slowMsOf = (input: JudgeInput, burst: PhaseResult): number => {
  if (input.isForeign !== true) return slowRequestMs;
  const warmMs = input.phases.findLast(({ kind }) => kind === 'warmup')?.endMs ?? 0;
  const before = requests(input).flatMap(({ tMs, histograms }) =>
    histograms.filter((_, index) => tMs[index]! > warmMs && tMs[index]! <= burst.startMs),
  );
  return Math.max(slowRequestMs, 2 * (quantile(mergeAll(before), 0.95) ?? 0));
};

const slowTimes = (input: JudgeInput, slowMs: number): number[] =>
  requests(input).flatMap(({ tMs, histograms }) =>
    Array.from(tMs).filter((_, index) => countAbove(histograms[index]!, slowMs) > 0),
  );
const starts = ({ observations }: JudgeInput): HistogramSeries[] =>
  histogramsOf(observations, 'pgsurge.task.due_to_start');

const lateStarts = (input: JudgeInput): number[] =>
  starts(input).flatMap(({ tMs, histograms }) =>
    Array.from(tMs).filter((_, index) => countAbove(histograms[index]!, lateTaskSeconds) > 0),
  );

const mostActive = ({ activeJobs }: PhaseResult): number => Math.max(...[activeJobs].flat());

/** More tasks wait than ever did before the burst, and than one for each job that is active after it. */
const backlogTimes = (input: JudgeInput, burst: PhaseResult): number[] => {
  const pending = seriesOf(input.observations, 'tasks', { state: 'pending' });
  const startMs = input.phases[0]!.startMs;
  const before = sumPerSecond(pending, [{ startMs, endMs: burst.startMs }]).values;
  const after = sumPerSecond(pending, [{ startMs: burst.endMs, endMs: lastTimeOf(pending) ?? burst.endMs }]);
  const active = input.phases.filter((phase) => phase.startMs >= burst.endMs).map(mostActive);
  const usual = Math.max(0, ...before, ...active);
  return after.tMs.filter((_, index) => after.values[index]! > usual);
};

const untilOf = (series: readonly { tMs: ArrayLike<number> }[]): number => lastTimeOf(series) ?? Infinity;

const slowWords = (slowMs: number): string => `request of over ${formatNumber(slowMs / 1000)} s`;

/** What a person feels. */
const feltByPeople = (input: JudgeInput, { endMs: fromMs }: PhaseResult, slowMs: number): Felt[] => {
  const seenUntilMs = untilOf(requests(input));
  const failed = requestTimes(input.observations, 'error', 'interactive');
  return [
    { lastMs: latest(slowTimes(input, slowMs), fromMs), seenUntilMs, words: slowWords(slowMs) },
    { lastMs: latest(failed, fromMs), seenUntilMs, words: 'failed request' },
  ];
};

/** What their jobs feel, and what the service itself sees. */
const feltByService = (input: JudgeInput, burst: PhaseResult): Felt[] => {
  const { endMs: fromMs } = burst;
  return [
    {
      lastMs: latest(lateStarts(input), fromMs),
      seenUntilMs: untilOf(starts(input)),
      words: `task that began over ${lateTaskSeconds} s late`,
    },
    {
      lastMs: latest(backlogTimes(input, burst), fromMs),
      seenUntilMs: untilOf(seriesOf(input.observations, 'tasks', { state: 'pending' })),
      words: 'backlog of pending tasks',
    },
    {
      lastMs: lastSlowMs(input, fromMs),
      seenUntilMs: untilOf(transactions(input)),
      words: `transaction of ${slowTransactionSeconds} s or more`,
    },
  ];
};

const feltAfter = (input: JudgeInput, burst: PhaseResult, slowMs: number): Felt[] => [
  ...feltByPeople(input, burst, slowMs),
  ...(input.isForeign === true ? [] : feltByService(input, burst)),
];

/** What is counted to know that enough was seen; of a stranger's service that are the requests of its journey. */
const countedIn = (input: JudgeInput): { series: readonly HistogramSeries[]; what: string } =>
  input.isForeign === true
    ? { series: requests(input), what: 'requests' }
    : { series: transactions(input), what: 'transactions' };

/** What must have been seen after the burst before its absence means anything; null where it was. */
const unseen = (input: JudgeInput, burst: PhaseResult): Measurement | null => {
  const counted = countedIn(input);
  if (lastTimeOf(counted.series) === null) return notSeen(counted.what);
  const needed = [
    { count: countAfter(counted.series, burst.endMs), what: `${counted.what} after the burst` },
    ...(input.load.interactivePerSecond > 0
      ? [{ count: countAfter(requests(input), burst.endMs), what: 'interactive requests after the burst' }]
      : []),
  ];
  const short = needed.find(({ count }) => count < fewest);
  if (short !== undefined) return tooFew(short.count, fewest, short.what);
  if (input.isForeign === true) return null;
  const pending = lastTimeOf(seriesOf(input.observations, 'tasks', { state: 'pending' }));
  if (mostActive(burst) > 0 && (pending === null || pending < burst.endMs)) return notSeen('pending tasks');
  return null;
};

const ownWords =
  `, a task that began over ${lateTaskSeconds} s late, more pending tasks than before, or a transaction of ` +
  `${slowTransactionSeconds} s or more`;

const measuredByOf = (input: JudgeInput, burst: PhaseResult, slowMs: number): string =>
  `last interval after the burst's end at ${formatSeconds(burst.endMs)} with an interactive request that failed or ` +
  `took over ${formatNumber(slowMs / 1000)} s${input.isForeign === true ? '' : ownWords}`;

/** How long the burst was felt, once it is known that enough was seen after it. */
const measured = (input: JudgeInput, burst: PhaseResult): Measurement => {
  const slowMs = slowMsOf(input, burst);
  const felt = feltAfter(input, burst, slowMs);
  const count = countAfter(countedIn(input).series, burst.endMs);
  const seen = { state: 'measured' as const, count, measuredBy: measuredByOf(input, burst, slowMs) };
  const [last] = felt.filter(({ lastMs }) => lastMs !== null).sort((a, b) => b.lastMs! - a.lastMs!);
  if (last === undefined) return { ...seen, value: 0, reason: 'nothing was slow after the burst' };
  const value = (last.lastMs! - burst.endMs) / 1000;
  const words = `${last.words}, ${value.toFixed(1)} s after the burst`;
  const endMs = input.phases.at(-1)?.endMs ?? burst.endMs;
  const evidence = [{ atMs: last.lastMs!, text: words, source: 'burst' }];
  // An interval is known by its end: the one that holds the load's end (or, cut short, the last there is) is a slow
  // one, so it did not stop, the run did. Any earlier one is a time like others, for the bound to decide.
  const lasting = felt.find(({ lastMs, seenUntilMs }) => lastMs !== null && lastMs >= Math.min(seenUntilMs, endMs));
  if (lasting === undefined)
    return { ...seen, value, evidence, reason: `last ${words}`, when: `up to the last ${last.words}` };
  const after = formatSeconds(endMs - burst.endMs);
  const reason = `still slow when the load ended, ${after} after the burst (last ${words}): it never recovered`;
  const when = `up to the last ${last.words} (the load ended ${after} after the burst)`;
  return { ...seen, value, evidence, when, worst: { verdict: 'fail', reason } };
};

const lastBurst = ({ phases }: JudgeInput): PhaseResult | undefined =>
  phases.filter(({ kind }) => kind === 'burst').at(-1);

const afterBurst = (input: JudgeInput): Window[] => {
  const burst = lastBurst(input);
  return burst === undefined ? [] : [{ startMs: burst.endMs, endMs: input.phases.at(-1)!.endMs }];
};

const measure = (input: JudgeInput): Measurement => {
  const burst = lastBurst(input);
  if (burst === undefined) return { state: 'notApplicable', reason: 'this load has no burst' };
  return unseen(input, burst) ?? measured(input, burst);
};

export const criterion: Criterion = {
  id: 'burst-recovery',
  title: 'From the end of the burst until nothing is slow any more',
  failureTitle: 'The service does not recover from the burst in time',
  source: '001 (slow: 1 s, ours)',
  unit: 's',
  bounds: [{ severity: 'fail', comparator: '<=', value: 600 }],
  scaled: { floor: 6 },
  demand:
    'and nothing is slow any more when the load ends; for somebody else’s service slow is twice the p95 before the ' +
    'burst, and 1 s at least',
  causeRank: 35,
  needs: 'requests',
  suitsReferenceOnly: true,
  sees: [
    { source: 'k6', windows: afterBurst },
    { source: 'service', windows: (input) => (input.isForeign === true ? [] : afterBurst(input)) },
  ],
  chart: 'latency',
  nextStep:
    'See what stays full after the burst: waiting acquisitions, pooler clients, pending tasks. A queue ' +
    'that only grows needs admission control, not a larger pool.',
  measure,
};
