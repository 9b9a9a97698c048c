import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { hasSamples, isKnown, knownWords, named, thresholdWords } from '../script-words.ts';
import type { ScriptThreshold } from '../../result.ts';
import { formatCountOf } from '../../measure/numbers-in-words.ts';

const measuredBy = "the script's thresholds, by k6's own end figures";

const words = (thresholds: readonly ScriptThreshold[]): string => named(thresholds.map(thresholdWords));

const measure = (input: JudgeInput): Measurement => {
  const known = knownWords(input);
  if (!isKnown(known)) return known;
  const thresholds = known.totals.thresholds ?? [];
  const count = thresholds.length;
  if (count === 0) return { state: 'notApplicable', reason: 'the script sets no thresholds' };
  const empty = thresholds.filter((threshold) => !hasSamples(threshold, input));
  const broken = thresholds.filter((threshold) => !threshold.kept && !empty.includes(threshold));
  const measured = { state: 'measured' as const, value: broken.length, count, numerator: broken.length, measuredBy };
  const unseen = `no data: ${formatCountOf(empty.length, count)} thresholds had no sample (${words(empty)})`;
  const kept = `${formatCountOf(0, count)} thresholds broke`;
  if (broken.length > 0)
    return { ...measured, reason: empty.length > 0 ? unseen : '', worst: { verdict: 'fail', reason: words(broken) } };
  if (empty.length > 0) return { ...measured, reason: kept, worst: { verdict: 'inconclusive', reason: unseen } };
  return { ...measured, reason: kept };
};

export const criterion: Criterion = {
  id: 'script-thresholds',
  title: "The script's own thresholds",
  failureTitle: "The script's own thresholds broke",
  source: 'ours',
  unit: 'thresholds',
  bounds: [],
  demand: 'none breaks, and each had a sample',
  causeRank: 0.8,
  always: true,
  sees: { otherwise: "k6's own end figures, exit code and log: what did not arrive of its samples changes none" },
  chart: null,
  nextStep:
    'The threshold stands in the script, and its words are as k6 says them. One without a sample judges nothing, ' +
    'though k6 shows it green: see that its metric and tags are those that the script sends.',
  measure,
};
