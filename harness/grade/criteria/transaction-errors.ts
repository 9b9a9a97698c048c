import type { Criterion, JudgeInput, Sustained } from '../criterion.ts';
import { isWithin, totalOf } from '../../measure/tracks/windows.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { loadedWindows, windowWords } from '../judged-windows.ts';
import { timedOf, type Counts } from '../timed.ts';
import { noLoad, notSeen, tooFew } from '../unknowns.ts';
import { defaultSeconds, stretchMs, worstShare } from '../worst-window.ts';
import { formatCountOf } from '../../measure/numbers-in-words.ts';

/** Below this, one failure more or less decides: 1 % of 100 is one. */
const fewestTransactions = 100;

const sustainedIn = (input: JudgeInput): Sustained | null => {
  const windows = loadedWindows(input.phases);
  const items = seriesOf(input.observations, 'pgsurge.transactions').flatMap((one) => {
    const isFailed = one.labels['outcome'] === 'failed';
    return timedOf(one, (count): Counts => ({ part: isFailed ? count : 0, all: count }));
  });
  const seen = items.filter(({ atMs }) => isWithin(atMs, windows));
  const worst = worstShare(seen, 'higher', windows, stretchMs(defaultSeconds, input));
  if (worst === null) return null;
  const words = `${formatCountOf(worst.part, worst.count)} transactions failed`;
  return { ...worst, numerator: worst.part, words, source: 'pgsurge.transactions' };
};

export const criterion: Criterion = {
  id: 'transaction-errors',
  title: 'Failed transactions',
  failureTitle: 'Transactions fail',
  source: '001',
  unit: '%',
  figureWords: 'of the transactions',
  bounds: [{ severity: 'fail', comparator: '<', value: 1 }],
  demand: `of fewer than ${fewestTransactions} it is not known, unless ${fewestTransactions / 2} failed`,
  causeRank: 40,
  needs: 'reference-metrics',
  sees: [{ source: 'service' }],
  chart: 'errors',
  nextStep: 'See the errors by family: pgsurge why "<the error text>" says what each means and what to do.',
  measure(input) {
    const windows = loadedWindows(input.phases);
    if (windows.length === 0) return noLoad;
    const all = seriesOf(input.observations, 'pgsurge.transactions');
    const count = totalOf(all, windows);
    if (count === 0) return notSeen('transactions');
    const failed = totalOf(
      all.filter(({ labels }) => labels['outcome'] === 'failed'),
      windows,
    );
    if (count < fewestTransactions && failed < fewestTransactions / 2)
      return tooFew(count, fewestTransactions, 'transactions');
    return {
      state: 'measured',
      value: (100 * failed) / count,
      count,
      numerator: failed,
      measuredBy: `BEGIN to COMMIT as the service sees it, ${windowWords(windows)}; a 429 is refused, not an error`,
      reason: `${formatCountOf(failed, count)} transactions failed`,
      sustained: sustainedIn(input),
    };
  },
};
