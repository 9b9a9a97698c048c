/** The overall sentence of a comparison, and what to do next. */
import type { Comparison, CriterionChange, MetricComparison, Operation } from './comparison.ts';
import { pairName } from './likeness.ts';
import { changeText, judgedText } from './words.ts';
import { formatCount, formatRoughShare, formatValue } from '../measure/numbers-in-words.ts';

type Findings = Pick<Comparison, 'kind' | 'criteria' | 'counts' | 'metrics' | 'gates' | 'unlike' | 'onlyBase'>;

const criterionText = (change: CriterionChange): string =>
  `${pairName(change)}: “${change.title}” was ${judgedText(change.base.verdict)}, is ${judgedText(change.head.verdict)}` +
  (change.base.value === null || change.head.value === null
    ? ''
    : ` (${formatValue(change.base.value, change.unit)}, then ${formatValue(change.head.value, change.unit)})`);

const metricText = (metric: MetricComparison): string =>
  `${pairName(metric)}: ${metric.title} ${changeText(metric)} (${formatValue(metric.base.median, metric.unit)}, then ${formatValue(metric.head.median, metric.unit)})`;

/** Worst first, each one clause. */
const findings = ({ criteria, counts, metrics }: Findings, kind: 'regression' | 'improvement'): string[] => [
  ...counts
    .filter(({ verdict }) => verdict === kind)
    .map((count) => `${pairName(count)}: ${count.title}, ${formatCount(count.base)}, then ${formatCount(count.head)}`),
  ...criteria.filter(({ change }) => change === kind).map(criterionText),
  ...metrics.filter(({ gated, verdict }) => gated && verdict === kind).map(metricText),
];

const listed = (clauses: readonly string[]): string => {
  const shown = clauses.slice(0, 2).join('; ');
  return clauses.length > 2 ? `${shown}; and ${clauses.length - 2} more` : shown;
};

/** Figures so noisy that even a fivefold value could be missed are counted, not left out. */
const sensitivity = (metrics: readonly MetricComparison[]): string => {
  const gated = metrics.filter((metric) => metric.gated);
  const found = gated
    .map(({ detectable }) => detectable)
    .filter((value) => value !== null)
    .sort((a, b) => a - b);
  const blind = gated.length - found.length;
  const none =
    blind === 0
      ? ''
      : ` ${blind} of ${gated.length} figures were too noisy here to find even a fivefold value for sure.`;
  if (found.length === 0) return none;
  return ` A change of ${formatRoughShare(found[0]!)} in the quietest and ${formatRoughShare(found.at(-1)!)} in the noisiest${blind === 0 ? '' : ' of the other'} figure${blind === 0 ? '' : 's'} would have been found in 95 of 100 such comparisons.${none}`;
};

const without = (all: Findings): Pick<Comparison, 'verdict' | 'sentence' | 'nextStep'> => {
  const { kind, gates, metrics } = all;
  if (kind === 'saved') {
    const single = metrics.every(({ base, head }) => base.values.length === 1 && head.values.length === 1);
    return {
      verdict: 'notEnoughData',
      sentence: `No criterion got worse and no exact count rose. Whether the figures changed, ${single ? 'one run a side' : 'repeats that did not run side by side'} cannot show: not enough data.`,
      nextStep:
        'For a verdict by statistics, run both releases side by side: pgsurge run … --against DIR --repeats 10.',
    };
  }
  const judged = metrics.filter(({ gated, verdict }) => gated && verdict !== 'notEnoughData');
  if (judged.length === 0) {
    return {
      verdict: 'notEnoughData',
      sentence: 'No criterion got worse and no exact count rose; too few repeats to judge any figure.',
      nextStep: `Repeat with --repeats ${gates.repeatsNeeded} or more.`,
    };
  }
  return {
    verdict: 'same',
    sentence: `No difference found between the two releases: ${judged.length} ${judged.length === 1 ? 'gate' : 'gates'}, ${gates.repeatsHead} repeats a side.${sensitivity(metrics)}`,
    nextStep: judged.some(({ detectable }) => detectable === null)
      ? 'Repeat where nothing else runs, or with more repeats, to judge the noisy figures too.'
      : 'Nothing to do.',
  };
};

/** A head that was asked for less is no regression, but the reader must know what was not looked at. */
const notRun = (names: readonly string[]): string =>
  names.length === 0 ? '' : ` Not part of head’s run: ${listed(names)}.`;

/** Regression before lost before improvement; non-gated figures never decide. */
export const overall = (all: Findings): Pick<Comparison, 'verdict' | 'sentence' | 'nextStep'> => {
  const worse = findings(all, 'regression');
  const lost = all.criteria.filter(({ change }) => change === 'lost');
  const unknown = lost.length === 0 ? '' : ` Besides, not comparable: ${listed(lost.map(criterionText))}.`;
  if (worse.length > 0)
    return {
      verdict: 'regression',
      sentence: `Worse: ${listed(worse)}.${unknown}`,
      nextStep: 'Open the first row below, and the same entry in head’s report: it shows the instant and the cause.',
    };
  if (lost.length > 0)
    return {
      verdict: 'inconclusive',
      sentence: `Not comparable: ${listed(lost.map(criterionText))}.`,
      nextStep: `Run head again: ${lost[0]!.reason || 'a criterion could not be judged'}`,
    };
  const better = findings(all, 'improvement');
  if (better.length > 0)
    return {
      verdict: 'improvement',
      sentence: `Better: ${listed(better)}. Nothing got worse.`,
      nextStep: 'Keep head as the new baseline: pgsurge keep RUN LABEL.',
    };
  const { sentence, ...rest } = without(all);
  return { ...rest, sentence: `${sentence}${notRun(all.onlyBase)}` };
};

/** A query counts as moved from half as much again, or half as little. */
const moved = ({ base, head }: Operation): boolean =>
  base !== null && head !== null && base > 0 && (head / base >= 1.5 || head / base <= 1 / 1.5);

/** A figure that does not gate is a hint where it moved by half or more and repeats say so, each tested alone. */
const hints = ({ metrics, verdict }: Comparison): string[] =>
  metrics
    .filter(
      ({ gated, p, relative, better, difference }) =>
        !gated &&
        p !== null &&
        p <= 0.01 &&
        relative !== null &&
        Math.abs(relative) >= 0.5 &&
        better !== 'none' &&
        (difference > 0 === (better === 'lower')) === (verdict === 'regression'),
    )
    .sort((a, b) => Math.abs(b.relative!) - Math.abs(a.relative!))
    .slice(0, 2)
    .map(
      ({ title, unit, base, head }) =>
        `${title} was ${formatValue(base.median, unit)}, is ${formatValue(head.median, unit)}`,
    );

/** Where to look first, from what differs between the sides: settings of the service, kinds of query and other figures that moved. Empty where nothing does. */
const suspects = (comparison: Comparison): string[] => {
  const { differences, operations, verdict } = comparison;
  const settings = differences
    .filter(({ what }) => what.startsWith('setting of'))
    .slice(0, 2)
    .map(({ what, name, base, head }) => `${name} (${what}) was ${base}, is ${head}`);
  const queries = operations
    .filter(
      (operation) =>
        moved(operation) && (verdict === 'improvement' ? operation.secondsMore < 0 : operation.secondsMore > 0),
    )
    .slice(0, 2)
    .map(
      ({ name, base, head }) =>
        `query “${name}” took ${formatValue(base, 'ms')} at p95, now ${formatValue(head, 'ms')}`,
    );
  return [...settings, ...queries, ...hints(comparison)];
};

/** The comparison with its next step naming the suspects, where something changed and there are any. */
export const explained = (comparison: Comparison): Comparison => {
  const found = ['regression', 'improvement'].includes(comparison.verdict) ? suspects(comparison) : [];
  return found.length === 0
    ? comparison
    : { ...comparison, nextStep: `Look first at what differs: ${found.join('; ')}. ${comparison.nextStep}` };
};
