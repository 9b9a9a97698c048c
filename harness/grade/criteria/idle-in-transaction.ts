import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { fewestSamples, samplesWithin, sumPerSecond, sustainedSamples } from '../../measure/tracks/windows.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { loadedWindows, windowWords } from '../judged-windows.ts';
import { cutShort, noLoad, notSeen, tooFew } from '../unknowns.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/**
 * Samples find a transaction idle for a moment in every healthy service; held over other work it is idle in most
 * samples and for long. The median of ten samples in a row tells the two apart.
 */
const measure = (input: JudgeInput): Measurement => {
  const windows = loadedWindows(input.phases);
  if (windows.length === 0) return noLoad;
  const ages = seriesOf(input.observations, 'postgres.idle_in_transaction.age.max');
  const { tMs, values } = sumPerSecond(ages, windows);
  if (values.length === 0) return notSeen(input, 'ages of transactions');
  if (values.length < fewestSamples) return tooFew(values.length, fewestSamples, 'samples');
  const width = Math.min(sustainedSamples, values.length);
  let worst = { value: 0, fromMs: tMs[0]!, untilMs: tMs[width - 1]! };
  for (let first = 0; first + width <= values.length; first += 1) {
    const value = median(values.slice(first, first + width));
    if (value > worst.value) worst = { value, fromMs: tMs[first]!, untilMs: tMs[first + width - 1]! };
  }
  const cut = cutShort(ages, windows, 'ages of transactions');
  if (cut !== null && worst.value <= 0.1) return cut;
  const idle = seriesOf(input.observations, 'postgres.sessions', { state: 'idle in transaction' });
  const most = idle
    .flatMap((one) => samplesWithin(one, windows).values)
    .reduce((high, value) => Math.max(high, value), 0);
  return {
    state: 'measured',
    value: worst.value * 1000,
    count: values.length,
    measuredBy: `longest idle in transaction, median of ${width} samples in a row, ${windowWords(windows)}`,
    reason:
      `${(worst.value * 1000).toFixed(0)} ms from ${formatSeconds(worst.fromMs)}; at most ${most} sessions ` +
      'of one role idle in transaction',
    evidence: [
      {
        atMs: worst.fromMs,
        untilMs: worst.untilMs,
        text: `idle in transaction for ${(worst.value * 1000).toFixed(0)} ms`,
        source: 'postgres.idle_in_transaction.age.max',
      },
    ],
  };
};

export const criterion: Criterion = {
  id: 'idle-in-transaction',
  title: 'Transactions held while nothing runs in them',
  failureTitle: 'Transactions are held open over other work',
  source: '004 issue 1 (about 100 ms once mended)',
  unit: 'ms',
  bounds: [{ severity: 'fail', comparator: '<=', value: 100 }],
  causeRank: 11,
  chart: 'ages',
  nextStep:
    'Find what runs between BEGIN and COMMIT that is no query (a call, a crawl, a wait) and move it out; ' +
    'a larger pool only hides it.',
  measure,
};
