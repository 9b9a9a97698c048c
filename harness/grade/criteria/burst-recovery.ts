import { countAbove } from '../../measure/histograms/histogram.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';
import { histogramsOf, seriesOf, type HistogramSeries } from '../../measure/tracks/observations.ts';
import { lastTimeOf, sumPerSecond, type Window } from '../../measure/tracks/windows.ts';
import type { PhaseResult } from '../../result.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { lastSlowMs, slowTransactionSeconds } from '../recovery.ts';
import { slowRequestMs, slowRequests } from '../request-windows.ts';
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
const requests = ({ observations }: JudgeInput): HistogramSeries[] =>
  histogramsOf(observations, 'pgsurge_request_duration');
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

/** What a person feels, what their jobs feel, and what the service itself sees. */
const feltAfter = (input: JudgeInput, burst: PhaseResult): Felt[] => {
  const fromMs = burst.endMs;
  const until = (series: readonly { tMs: ArrayLike<number> }[]): number => lastTimeOf(series) ?? Infinity;
  const answered = until(requests(input));
  const slow = slowRequests(input).map(({ atMs }) => atMs);
  const tasks = seriesOf(input.observations, 'tasks', { state: 'pending' });
  return [
    { lastMs: latest(slow, fromMs), seenUntilMs: answered, words: `request of over ${slowRequestMs / 1000} s` },
    {
      lastMs: latest(requestTimes(input.observations, 'error', 'interactive'), fromMs),
      seenUntilMs: answered,
      words: 'failed request',
    },
    {
      lastMs: latest(lateStarts(input), fromMs),
      seenUntilMs: until(starts(input)),
      words: `task that began over ${lateTaskSeconds} s late`,
    },
    {
      lastMs: latest(backlogTimes(input, burst), fromMs),
      seenUntilMs: until(tasks),
      words: 'backlog of pending tasks',
    },
    {
      lastMs: lastSlowMs(input, fromMs),
      seenUntilMs: until(transactions(input)),
      words: `transaction of ${slowTransactionSeconds} s or more`,
    },
  ];
};

/** What must have been seen after the burst before its absence means anything; null where it was. */
const unseen = (input: JudgeInput, burst: PhaseResult): Measurement | null => {
  if (lastTimeOf(transactions(input)) === null) return notSeen('transactions');
  const needed = [
    { count: countAfter(transactions(input), burst.endMs), what: 'transactions after the burst' },
    ...(input.load.interactivePerSecond > 0
      ? [{ count: countAfter(requests(input), burst.endMs), what: 'interactive requests after the burst' }]
      : []),
  ];
  const short = needed.find(({ count }) => count < fewest);
  if (short !== undefined) return tooFew(short.count, fewest, short.what);
  const pending = lastTimeOf(seriesOf(input.observations, 'tasks', { state: 'pending' }));
  if (mostActive(burst) > 0 && (pending === null || pending < burst.endMs)) return notSeen('pending tasks');
  return null;
};

const measuredByOf = ({ endMs }: PhaseResult): string =>
  `last interval after the burst's end at ${formatSeconds(endMs)} with an interactive request that failed or took ` +
  `over ${slowRequestMs / 1000} s, a task that began over ${lateTaskSeconds} s late, ` +
  `more pending tasks than before, or a transaction of ${slowTransactionSeconds} s or more`;

/** How long the burst was felt, once it is known that enough was seen after it. */
const measured = (input: JudgeInput, burst: PhaseResult, felt: readonly Felt[]): Measurement => {
  const count = countAfter(transactions(input), burst.endMs);
  const seen = { state: 'measured' as const, count, measuredBy: measuredByOf(burst) };
  const [last] = felt.filter(({ lastMs }) => lastMs !== null).sort((a, b) => b.lastMs! - a.lastMs!);
  if (last === undefined) return { ...seen, value: 0, reason: 'nothing was slow after the burst' };
  const value = (last.lastMs! - burst.endMs) / 1000;
  const words = `${last.words}, ${value.toFixed(1)} s after the burst`;
  const endMs = input.phases.at(-1)?.endMs ?? burst.endMs;
  const evidence = [{ atMs: last.lastMs!, text: words, source: 'burst' }];
  // An interval is known by its end: the one that holds the load's end (or, cut short, the last there is) is a slow
  // one, so it did not stop, the run did. Any earlier one is a time like others, for the bound to decide.
  const lasting = felt.find(({ lastMs, seenUntilMs }) => lastMs !== null && lastMs >= Math.min(seenUntilMs, endMs));
  if (lasting === undefined) return { ...seen, value, evidence, reason: `last ${words}` };
  const reason = `still slow when the load ended (last ${words}): it never recovered`;
  return { ...seen, value, evidence, worst: { verdict: 'fail', reason } };
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
  return unseen(input, burst) ?? measured(input, burst, feltAfter(input, burst));
};

export const criterion: Criterion = {
  id: 'burst-recovery',
  title: 'From the end of the burst until nothing is slow any more',
  failureTitle: 'The service does not recover from the burst in time',
  source: '001 (slow: 1 s, ours)',
  unit: 's',
  bounds: [{ severity: 'fail', comparator: '<=', value: 600 }],
  scaled: { floor: 6 },
  causeRank: 35,
  needs: 'reference-metrics',
  sees: [
    { source: 'k6', windows: afterBurst },
    { source: 'service', windows: afterBurst },
  ],
  chart: 'latency',
  nextStep:
    'See what stays full after the burst: waiting acquisitions, pooler clients, pending tasks. A queue ' +
    'that only grows needs admission control, not a larger pool.',
  measure,
};
