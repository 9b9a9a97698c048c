/** The overall sentence of a comparison, and what to do next. */
import { formatCount, formatRoughShare, formatValue } from '../measure/numbers-in-words.ts';
import type { Comparison, CriterionChange, ExactCount, MetricComparison } from './comparison.ts';
import { changeDirection } from './direction.ts';
import { pairName } from './entries.ts';
import { changeText, countedText, judgedText, listed } from './words.ts';

type Judged = Pick<
  Comparison,
  'kind' | 'criteria' | 'counts' | 'metrics' | 'gates' | 'unlike' | 'onlyBase' | 'onlyHead'
>;
type Conclusion = Pick<Comparison, 'verdict' | 'sentence' | 'nextStep'>;

const criterionText = (change: CriterionChange): string => {
  const { base, head, title, unit, repeats } = change;
  if (repeats !== null) return `${pairName(change)}: “${title}” ${repeats}`;
  const verdicts = `${pairName(change)}: “${title}” was ${judgedText(base.verdict)}, is ${judgedText(head.verdict)}`;
  if (base.value === null || head.value === null) return verdicts;
  return `${verdicts} (${formatValue(base.value, unit)}, then ${formatValue(head.value, unit)})`;
};

const countText = (count: ExactCount): string =>
  `${pairName(count)}: ${count.title}, ${countedText(count.base)}, then ${formatCount(count.head)}`;

const metricText = (metric: MetricComparison): string => {
  const [base, head] = [formatValue(metric.base.median, metric.unit), formatValue(metric.head.median, metric.unit)];
  if (metric.slowRepeats !== null) return `${pairName(metric)}: ${metric.title} ${metric.slowRepeats}`;
  return `${pairName(metric)}: ${metric.title} ${changeText(metric)} (${base}, then ${head})`;
};

/** What was lost in the same repeats of the same entry is one clause: each is named, however many there are. */
const lostClauses = (lost: readonly CriterionChange[]): string[] => {
  const together = Map.groupBy(lost, (change) =>
    change.criterion.startsWith('figure-') ? `${pairName(change)}: ${change.repeats ?? ''}` : change,
  );
  return [...together.values()].map((changes) => {
    const [first] = changes;
    if (changes.length === 1) return criterionText(first!);
    const titles = changes.map(({ title }) => `“${title}”`).join(', ');
    return `${pairName(first!)}: ${titles} ${(first!.repeats ?? '').replace(/^was/, 'were')}`;
  });
};

/** Everything that gates and changed this way, worst first, each one clause. */
const clauses = ({ criteria, counts, metrics }: Judged, kind: 'regression' | 'improvement'): string[] => [
  ...counts.filter(({ verdict }) => verdict === kind).map(countText),
  ...criteria.filter(({ change }) => change === kind).map(criterionText),
  ...metrics.filter(({ gated, verdict }) => gated && verdict === kind).map(metricText),
];

/**
 * How small a change would have been found. Figures so noisy that even a fivefold value could be missed are counted.
 */
const sensitivity = (metrics: readonly MetricComparison[]): string => {
  const gated = metrics.filter((metric) => metric.gated);
  const found = gated.map(({ detectable }) => detectable).filter((share) => share !== null);
  const blind = gated.length - found.length;
  const tooNoisy =
    blind === 0
      ? ''
      : ` ${blind} of ${gated.length} figures were too noisy here to find even a fivefold value for sure.`;
  if (found.length === 0) return tooNoisy;
  const [quietest, noisiest] = [Math.min(...found), Math.max(...found)].map(formatRoughShare);
  const figures = blind === 0 ? 'figure' : 'of the other figures';
  return (
    ` A change of ${quietest} in the quietest and ${noisiest} in the noisiest ${figures} would have been found in ` +
    `95 of 100 such comparisons.${tooNoisy}`
  );
};

const undecidedSaved = ({ metrics }: Judged): Conclusion => {
  const single = metrics.every(({ base, head }) => base.values.length === 1 && head.values.length === 1);
  const why = single ? 'one run a side' : 'repeats that did not run side by side';
  return {
    verdict: 'notEnoughData',
    sentence:
      'No criterion got worse and no exact count rose. ' +
      `Whether the figures changed, ${why} cannot show: not enough data.`,
    nextStep: 'For a verdict by statistics, run both releases side by side: pgsurge run … --against DIR --repeats 10.',
  };
};

const tooFewRepeats = ({ gates }: Judged): Conclusion => ({
  verdict: 'notEnoughData',
  sentence: 'No criterion got worse and no exact count rose; too few repeats to judge any figure.',
  nextStep: `Repeat with --repeats ${gates.repeatsNeeded} or more.`,
});

const moreRepeats = ({ repeatsHead }: Comparison['gates']): string => `--repeats ${Math.max(10, 2 * repeatsHead)}`;

/** Repeats that are far off on one side, too few to be told from chance: no difference was proved, nor its absence. */
const perhapsSlow = (apart: readonly MetricComparison[], gates: Comparison['gates']): Conclusion => ({
  verdict: 'notEnoughData',
  sentence: `Nothing got worse for sure, but some repeats are far off: ${listed(apart.map(metricText))}.`,
  nextStep: `Look at those repeats in head’s report, and repeat with ${moreRepeats(gates)}: so few could be chance.`,
});

/** What changed by itself, beside other criteria that take the chance of a false alarm first. */
const perhapsChanged = (unsure: readonly string[], gates: Comparison['gates']): Conclusion => ({
  verdict: 'notEnoughData',
  sentence:
    'Nothing changed for sure: beside what fails or is far off now and then it could be chance that ' +
    `${listed(unsure)}.`,
  nextStep: `Repeat with ${moreRepeats(gates)}, or make steady what fails now and then.`,
});

const isImproved = ({ better, difference }: MetricComparison): boolean =>
  changeDirection(better, difference) === 'improvement';

/** What may have got worse; of what may have got better only where nothing else did. */
const doubtful = ({ metrics, criteria, gates }: Judged, isBetter: boolean): Conclusion | null => {
  const gated = metrics.filter((metric) => metric.gated);
  const apart = gated.filter(({ slowRepeats }) => slowRepeats !== null);
  if (apart.length > 0) return perhapsSlow(apart, gates);
  const unsure = [
    ...criteria.filter(({ undecided }) => undecided === 'unsure').map(criterionText),
    ...gated.filter((metric) => metric.unsure && !(isBetter && isImproved(metric))).map(metricText),
  ];
  return unsure.length === 0 ? null : perhapsChanged(unsure, gates);
};

/** Where nothing got worse, nothing was lost and nothing got better. */
const undecided = (judged: Judged): Conclusion => {
  const { kind, gates, metrics } = judged;
  if (kind === 'saved') return undecidedSaved(judged);
  const tested = metrics.filter(({ gated, verdict }) => gated && verdict !== 'notEnoughData');
  if (tested.length === 0) return tooFewRepeats(judged);
  const testedText = `${tested.length} ${tested.length === 1 ? 'gate' : 'gates'}, ${gates.repeatsHead} repeats a side`;
  return {
    verdict: 'same',
    sentence: `No difference found between the two releases: ${testedText}.${sensitivity(metrics)}`,
    nextStep: tested.some(({ detectable }) => detectable === null)
      ? 'Repeat where nothing else runs, or with more repeats, to judge the noisy figures too.'
      : 'Nothing to do.',
  };
};

/** A head that was asked for less is no regression, but the reader must know what was not looked at. */
const notCompared = ({ onlyBase, onlyHead }: Judged): string => {
  const notRun = onlyBase.length === 0 ? '' : ` Not part of head’s run: ${listed(onlyBase)}.`;
  return onlyHead.length === 0 ? notRun : `${notRun} Not measured by base: ${listed(onlyHead)}.`;
};

/** What decides nothing, and must not be read as if it were not there. */
const undecidedText = ({ criteria }: Judged): string => {
  const told = criteria.filter(({ undecided }) => undecided === 'mayBeChance' || undecided === 'newFigure');
  return told.length === 0 ? '' : ` Undecided: ${listed(lostClauses(told))}.`;
};

const regression = (worse: readonly string[], lostText: string): Conclusion => ({
  verdict: 'regression',
  sentence: `Worse: ${listed(worse)}.${lostText === '' ? '' : ` Besides, not comparable: ${lostText}.`}`,
  nextStep: 'Open the first row below, and the same entry in head’s report: it shows the instant and the cause.',
});

/** The side that lacks something runs again. */
const lackingSide = ({ base, head }: CriterionChange): string => {
  if (base.verdict !== 'inconclusive') return 'head';
  return head.verdict === 'inconclusive' ? 'both' : 'base';
};

const notComparable = (lost: readonly CriterionChange[], lostText: string): Conclusion => ({
  verdict: 'inconclusive',
  sentence: `Not comparable: ${lostText}.`,
  nextStep: `Run ${lackingSide(lost[0]!)} again: ${lost[0]!.reason || 'a criterion could not be judged'}`,
});

const improvement = (better: readonly string[]): Conclusion => ({
  verdict: 'improvement',
  sentence: `Better: ${listed(better)}. Nothing got worse.`,
  nextStep: 'Keep head as the new baseline: pgsurge keep RUN LABEL.',
});

/** Where nothing got worse for sure and nothing was lost: a doubt about something comes before what got better. */
const notWorse = (judged: Judged): Conclusion => {
  const better = clauses(judged, 'improvement');
  const doubt = doubtful(judged, better.length > 0);
  if (doubt === null) return better.length > 0 ? improvement(better) : undecided(judged);
  return better.length === 0 ? doubt : { ...doubt, sentence: `Better: ${listed(better)}. ${doubt.sentence}` };
};

/** Regression before lost before improvement; figures that are not gated never decide. */
export const overall = (judged: Judged): Conclusion => {
  const worse = clauses(judged, 'regression');
  const lost = judged.criteria.filter(({ change }) => change === 'lost');
  const lostText = listed(lostClauses(lost));
  if (worse.length > 0) return regression(worse, lostText);
  if (lost.length > 0) return notComparable(lost, lostText);
  const conclusion = notWorse(judged);
  return { ...conclusion, sentence: `${conclusion.sentence}${undecidedText(judged)}${notCompared(judged)}` };
};
