import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import {
  fewestSamples,
  samplesWithin,
  sumPerSecond,
  sustainedSamples,
  type Samples,
  type Window,
} from '../../measure/tracks/windows.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { loadedWindows, windowWords } from '../judged-windows.ts';
import { noLoad, notSeen, tooFew } from '../unknowns.ts';
import { formatInstant } from '../../measure/load-clock.ts';

/**
 * The upper of the two middle values where their number is even. Their mean, which statistics libraries give, would
 * take a transaction that is held in half of the samples for half as old.
 */
const upperMedian = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

interface HeldFor {
  seconds: number;
  fromMs: number;
  untilMs: number;
}

/** The stretch of `width` samples in a row in which transactions were idle for longest. */
const longestHeld = ({ tMs, values }: Samples, width: number): HeldFor => {
  let longest: HeldFor = { seconds: 0, fromMs: tMs[0]!, untilMs: tMs[width - 1]! };
  for (let first = 0; first + width <= values.length; first += 1) {
    const seconds = upperMedian(values.slice(first, first + width));
    if (seconds > longest.seconds) longest = { seconds, fromMs: tMs[first]!, untilMs: tMs[first + width - 1]! };
  }
  return longest;
};

const mostSessions = (input: JudgeInput, windows: readonly Window[]): number =>
  seriesOf(input.observations, 'postgres.sessions', { state: 'idle in transaction' })
    .flatMap((one) => samplesWithin(one, windows).values)
    .reduce((high, value) => Math.max(high, value), 0);

const measuredFor = (
  { seconds, fromMs, untilMs }: HeldFor,
  sessions: number,
  { phases }: JudgeInput,
): Pick<Extract<Measurement, { state: 'measured' }>, 'value' | 'reason' | 'evidence'> => {
  const value = seconds * 1000;
  const age = `${value.toFixed(0)} ms`;
  const held = `${age} from ${formatInstant(fromMs, phases)}`;
  const source = 'postgres.idle_in_transaction.age.max';
  return {
    value,
    reason: `${held}; at most ${sessions} sessions of one role idle in transaction`,
    evidence: [{ atMs: fromMs, untilMs, text: `idle in transaction for ${age}`, source }],
  };
};

/**
 * Samples find a transaction idle for a moment in every healthy service; held over other work it is idle in most
 * samples and for long. The median of ten samples in a row tells the two apart.
 */
const measure = (input: JudgeInput): Measurement => {
  const windows = loadedWindows(input.phases);
  if (windows.length === 0) return noLoad;
  const ages = seriesOf(input.observations, 'postgres.idle_in_transaction.age.max');
  const samples = sumPerSecond(ages, windows);
  const count = samples.values.length;
  if (count === 0) return notSeen('ages of transactions');
  if (count < fewestSamples) return tooFew(count, fewestSamples, 'samples');
  const width = Math.min(sustainedSamples, count);
  return {
    state: 'measured',
    ...measuredFor(longestHeld(samples, width), mostSessions(input, windows), input),
    count,
    measuredBy: `longest idle in transaction, median of ${width} samples in a row, ${windowWords(windows)}`,
  };
};

export const criterion: Criterion = {
  id: 'idle-in-transaction',
  title: 'Transactions held while nothing runs in them',
  failureTitle: 'Transactions are held open over other work',
  source: '004 issue 1 (about 100 ms once mended)',
  unit: 'ms',
  bounds: [{ severity: 'fail', comparator: '<=', value: 100 }],
  demand: 'the oldest at each sample, median of ten samples in a row',
  causeRank: 11,
  suitsReferenceOnly: true,
  sees: [{ source: 'database', series: ['postgres.idle_in_transaction.age.max'] }],
  chart: 'ages',
  nextStep:
    'Find what runs between BEGIN and COMMIT that is no query (a call, a crawl, a wait) and move it out; ' +
    'a larger pool only hides it.',
  measure,
};
