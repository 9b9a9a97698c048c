import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { earlyEndWords } from '../early-end.ts';
import { isKnown, knownWords, type KnownWords } from '../script-words.ts';
import { k6Exit } from '../../measure/k6-exit-codes.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';
import { loadedWindows } from '../judged-windows.ts';
import { totalMs } from '../../measure/tracks/windows.ts';

const measuredBy = "k6's exit code and log";

type Worst = NonNullable<Extract<Measurement, { state: 'measured' }>['worst']>;

const byCode: Record<number, Worst> = {
  [k6Exit.setupTimedOut]: { verdict: 'fail', reason: "the script's setup took longer than it may (setupTimeout)" },
  [k6Exit.teardownTimedOut]: {
    verdict: 'fail',
    reason: "the script's teardown took longer than it may (teardownTimeout)",
  },
  [k6Exit.interrupted]: { verdict: 'inconclusive', reason: 'k6 was interrupted before the end of the script' },
  [k6Exit.aborted]: { verdict: 'inconclusive', reason: 'the test was stopped before its end, and k6 says no more' },
};

const worstOf = (input: JudgeInput, known: KnownWords): Worst | undefined => {
  const { totals, words } = known;
  if (words.stopped !== null)
    // What k6 lacks on this machine is no word of the script's on the service.
    return {
      verdict: words.stopped.by === 'k6' ? 'inconclusive' : 'fail',
      reason: earlyEndWords(input, known, words.stopped),
    };
  if (words.markedFailed !== null || totals.exitCode === k6Exit.markedFailed)
    return {
      verdict: 'fail',
      reason: `the script marked the test as failed: ${words.markedFailed ?? 'without a word'}`,
    };
  return byCode[totals.exitCode ?? k6Exit.asDeclared];
};

const measure = (input: JudgeInput): Measurement => {
  const known = knownWords(input);
  if (!isKnown(known)) return known;
  const { totals, words } = known;
  const lastedMs = totalMs(loadedWindows(input.phases));
  const summary = words.summaryProblem === null ? '' : `; its own summary could not be made: ${words.summaryProblem}`;
  const worst = worstOf(input, known);
  const lasted = worst === undefined ? `it ended by itself after ${formatSeconds(lastedMs)}` : '';
  return {
    state: 'measured',
    value: lastedMs / 1000,
    count: totals.iterations,
    measuredBy,
    reason: `${lasted}${summary}`.replace(/^; /, ''),
    ...(worst === undefined ? {} : { worst }),
  };
};

export const criterion: Criterion = {
  id: 'script-end',
  title: 'The script ran to its end',
  failureTitle: 'The script ended by its own word',
  source: 'ours',
  unit: 's',
  bounds: [],
  demand: 'it runs as long as it declares, and neither stops itself nor calls the test failed',
  causeRank: 0.5,
  always: true,
  sees: { otherwise: "k6's own end figures, exit code and log: what did not arrive of its samples changes none" },
  chart: 'load',
  nextStep:
    'What was measured holds up to that instant; what lies above was not tried. To see more, mend what broke the ' +
    'threshold, or load less.',
  measure,
};
