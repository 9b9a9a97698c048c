/** Where to look first after a verdict: what differs between the two sides and moved with the figures. */
import { formatValue } from '../measure/numbers-in-words.ts';
import type { Comparison, MetricComparison, Operation } from './comparison.ts';
import { changeDirection } from './direction.ts';

/** A query counts as moved from half as much again, or half as little. */
const movedFrom = 1.5;

const hasMoved = ({ base, head }: Operation): boolean =>
  base !== null && head !== null && base > 0 && (head / base >= movedFrom || head / base <= 1 / movedFrom);

/** A figure that does not gate is a hint where it moved by half or more and repeats say so, each tested alone. */
const isHint = ({ gated, p, relative }: MetricComparison): boolean =>
  !gated && p !== null && p <= 0.01 && relative !== null && Math.abs(relative) >= 0.5;

/** The most suspects of a kind that are named, since a next step is one line. */
const mostOfAKind = 2;

const settings = ({ differences }: Comparison): string[] =>
  differences
    .filter(({ what }) => what.startsWith('setting of'))
    .slice(0, mostOfAKind)
    .map(({ what, name, base, head }) => `${name} (${what}) was ${base}, is ${head}`);

const queries = ({ operations, verdict }: Comparison): string[] =>
  operations
    .filter(hasMoved)
    .filter(({ secondsMore }) => (verdict === 'improvement' ? secondsMore < 0 : secondsMore > 0))
    .slice(0, mostOfAKind)
    .map(
      ({ name, base, head }) =>
        `query “${name}” took ${formatValue(base, 'ms')} at p95, now ${formatValue(head, 'ms')}`,
    );

const hints = ({ metrics, verdict }: Comparison): string[] =>
  metrics
    .filter((metric) => isHint(metric) && changeDirection(metric.better, metric.difference) === verdict)
    .sort((a, b) => Math.abs(b.relative!) - Math.abs(a.relative!))
    .slice(0, mostOfAKind)
    .map(
      ({ title, unit, base, head }) =>
        `${title} was ${formatValue(base.median, unit)}, is ${formatValue(head.median, unit)}`,
    );

/**
 * The comparison with its next step naming the suspects, where something changed and there are any: settings of the
 * service, kinds of query and other figures.
 */
export const explained = (comparison: Comparison): Comparison => {
  if (!['regression', 'improvement'].includes(comparison.verdict)) return comparison;
  const suspects = [...settings(comparison), ...queries(comparison), ...hints(comparison)];
  if (suspects.length === 0) return comparison;
  return {
    ...comparison,
    nextStep: `Look first at what differs: ${suspects.join('; ')}. ${comparison.nextStep}`,
  };
};
