import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { histogramsOf } from '../../measure/tracks/observations.ts';
import { lastTimeOf } from '../../measure/tracks/windows.ts';
import { lastSlowMs, slowTransactionSeconds } from '../recovery.ts';
import { notSeen, tooFew } from '../unknowns.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

/** A quiet window without traffic is no recovery. */
const fewestTransactions = 20;

const transactionsAfter = ({ observations }: JudgeInput, fromMs: number): number =>
  histogramsOf(observations, 'pgsurge.transaction.duration').reduce(
    (total, { tMs, histograms }) =>
      total + histograms.reduce((sum, { count }, index) => (tMs[index]! > fromMs ? sum + count : sum), 0),
    0,
  );

/** How long transactions stayed slow after the burst, once it is known that enough of them were seen. */
const measured = (input: JudgeInput, burstEndMs: number, seenUntilMs: number, count: number): Measurement => {
  const last = lastSlowMs(input, burstEndMs);
  const measuredBy =
    `last interval with a transaction of ${slowTransactionSeconds} s or more, ` +
    `from the burst's end at ${formatSeconds(burstEndMs)}`;
  if (last === null)
    return { state: 'measured', value: 0, count, measuredBy, reason: 'no slow transaction after the burst' };
  const value = (last - burstEndMs) / 1000;
  const seconds = `${value.toFixed(1)} s after the burst`;
  const endMs = input.phases.at(-1)?.endMs ?? burstEndMs;
  // An interval is known by its end: the one that holds the load's end (or, cut short, the last there is) has a slow
  // one, so they did not stop, the run did. Any earlier one is a time like others, for the bound to decide.
  if (last < Math.min(seenUntilMs, endMs))
    return { state: 'measured', value, count, measuredBy, reason: `the last slow transaction ended ${seconds}` };
  const reason = `transactions were still slow when the load ended, ${seconds}: it never recovered`;
  return { state: 'measured', value, count, measuredBy, worst: { verdict: 'fail', reason } };
};

const measure = (input: JudgeInput): Measurement => {
  const burst = input.phases.filter(({ kind }) => kind === 'burst').at(-1);
  if (burst === undefined) return { state: 'notApplicable', reason: 'this load has no burst' };
  const seenUntilMs = lastTimeOf(histogramsOf(input.observations, 'pgsurge.transaction.duration'));
  if (seenUntilMs === null) return notSeen(input, 'transactions');
  const count = transactionsAfter(input, burst.endMs);
  if (count < fewestTransactions) return tooFew(count, fewestTransactions, 'transactions after the burst');
  return measured(input, burst.endMs, seenUntilMs, count);
};

export const criterion: Criterion = {
  id: 'burst-recovery',
  title: 'From the end of the burst to the last slow transaction',
  failureTitle: 'The service does not recover from the burst in time',
  source: '001 (a slow transaction: 1 s, ours)',
  unit: 's',
  bounds: [{ severity: 'fail', comparator: '<=', value: 600 }],
  scaled: { floor: 6 },
  causeRank: 35,
  needs: 'reference-metrics',
  chart: 'latency',
  nextStep:
    'See what stays full after the burst: waiting acquisitions, pooler clients, pending tasks. A queue ' +
    'that only grows needs admission control, not a larger pool.',
  measure,
};
