import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { isKnown, knownWords } from '../script-words.ts';
import type { ScriptExceptions } from '../../result.ts';
import { formatCount, formatCountOf } from '../../measure/numbers-in-words.ts';

const measuredBy = "exceptions that nobody caught, by k6's log";

const sum = (all: readonly ScriptExceptions[]): number => all.reduce((total, { count }) => total + count, 0);

const textOf = ({ text, line }: ScriptExceptions): string => (line === '' ? text : `${text} (${line})`);

/** "150 of 150 iterations ended in an exception, the first: TypeError: … (d1.js:14:61)". */
const iterationWords = (all: readonly ScriptExceptions[], iterations: number): string[] => {
  const [first] = all;
  if (first === undefined) return [];
  const kinds = all.length > 1 ? `, ${formatCount(all.length)} different ones` : '';
  return [
    `${formatCountOf(sum(all), iterations)} iterations ended in an exception${kinds}, the first: ${textOf(first)}`,
  ];
};

const measure = (input: JudgeInput): Measurement => {
  const known = knownWords(input);
  if (!isKnown(known)) return known;
  const { iterations } = known.totals;
  // One in handleSummary concerns the summary only, and is told with the script's end.
  const all = known.words.exceptions.filter(({ place }) => place !== 'handleSummary');
  const inIterations = all.filter(({ place }) => place === 'iteration');
  const outside = all.filter(({ place }) => place !== 'iteration');
  const reason = [
    ...outside.map((one) => `the script's ${one.place} threw: ${textOf(one)}`),
    ...iterationWords(inIterations, iterations),
  ].join('; ');
  const value = sum(all);
  return {
    state: 'measured',
    value,
    count: iterations,
    numerator: value,
    measuredBy,
    ...(value === 0 || input.declaration?.value != null
      ? { reason: reason === '' ? 'none' : reason }
      : { worst: { verdict: 'fail', reason } }),
  };
};

export const criterion: Criterion = {
  id: 'script-exceptions',
  title: 'Exceptions of the script',
  failureTitle: 'The script throws: what comes after the exception was not done',
  source: 'ours',
  unit: 'exceptions',
  bounds: [],
  demand: 'none, neither in an iteration nor in setup or teardown',
  causeRank: 0.6,
  always: true,
  sees: { otherwise: "k6's own end figures, exit code and log: what did not arrive of its samples changes none" },
  chart: null,
  nextStep:
    "Look at the script's line: mostly an answer has another shape than it expects. Its checks behind that line were " +
    'not made.',
  measure,
};
