/** Gated figures that were not measured in every repeat: a gate that is gone must not read as one that is quiet. */
import { median } from 'simple-statistics';
import type { ScenarioResult } from '../result.ts';
import type { CriterionChange } from './comparison.ts';
import { entryName, pairName, type EntryPair } from './entries.ts';
import { gatedMetrics, type Metric } from './metrics.ts';

interface Measured {
  values: number[];
  /** Repeats that should have measured it. */
  repeats: number;
}

const valuesOf = (entries: readonly ScenarioResult[], { id }: Metric): number[] =>
  entries.map(({ figures }) => figures[id]).filter((value): value is number => Number.isFinite(value));

const missing = ({ values, repeats }: Measured): boolean => values.length < repeats;

const measuredText = ({ values, repeats }: Measured): string => `${values.length} of ${repeats}`;

const lostFigure = (pair: EntryPair, metric: Metric, base: Measured, head: Measured): CriterionChange => {
  const repeats = `was measured in ${measuredText(base)} repeats of base and ${measuredText(head)} of head`;
  const side = ({ values }: Measured): number | null => (values.length === 0 ? null : median(values));
  return {
    scenario: pair.scenario,
    variant: pair.variant,
    criterion: `figure-${metric.id}`,
    title: metric.title,
    unit: metric.unit,
    base: { verdict: missing(base) ? 'inconclusive' : 'pass', value: side(base) },
    head: { verdict: missing(head) ? 'inconclusive' : 'pass', value: side(head) },
    change: 'lost',
    reason: `${metric.title} ${repeats}: what it was in the others is not known`,
    repeats,
  };
};

/** Base never measured it, so there is nothing to compare head with: told, and no gate of base is lost. */
const newFigure = (pair: EntryPair, metric: Metric, base: Measured, head: Measured): CriterionChange => ({
  ...lostFigure(pair, metric, base, head),
  change: 'other',
  undecided: 'newFigure',
});

/** All that began, finished or not. */
export interface BegunEntries {
  base: readonly ScenarioResult[];
  head: readonly ScenarioResult[];
}

/**
 * How many repeats of each side should have measured. Side by side both have the same plan. Those that did not finish
 * are told by themselves: of head always, of base where the two ran side by side.
 */
const plannedRepeats = (
  pair: EntryPair,
  begun: BegunEntries,
  interleaved: boolean,
): Record<'base' | 'head', number> => {
  const of = (entries: readonly ScenarioResult[]): ScenarioResult[] =>
    entries.filter((entry) => entryName(entry) === pairName(pair));
  const [base, head] = [of(begun.base), of(begun.head)];
  const most = Math.max(base.length, head.length);
  const unfinished = (entries: readonly ScenarioResult[]): number =>
    entries.filter(({ state }) => state !== 'finished').length;
  return interleaved
    ? { base: most - unfinished(base), head: most - unfinished(head) }
    : { base: base.length, head: head.length - unfinished(head) };
};

const figureChange = (
  pair: EntryPair,
  metric: Metric,
  { base, head, interleaved }: { base: Measured; head: Measured; interleaved: boolean },
): CriterionChange | null => {
  if (base.values.length > 0) return missing(base) || missing(head) ? lostFigure(pair, metric, base, head) : null;
  return interleaved && head.values.length > 0 ? newFigure(pair, metric, base, head) : null;
};

/** Of what base measured at least once; what only head measures is new. */
export const missingFigures = (
  pairs: readonly EntryPair[],
  begun: BegunEntries,
  interleaved: boolean,
): CriterionChange[] =>
  pairs
    .filter(({ head }) => head[0]!.expected === 'pass')
    .flatMap((pair) => {
      const repeats = plannedRepeats(pair, begun, interleaved);
      return gatedMetrics.map((metric) => {
        const base = { values: valuesOf(pair.base, metric), repeats: repeats.base };
        const head = { values: valuesOf(pair.head, metric), repeats: repeats.head };
        return figureChange(pair, metric, { base, head, interleaved });
      });
    })
    .filter((change) => change !== null);
