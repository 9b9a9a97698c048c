/** The lines that several charts need: a criterion's bound, a limit of the configuration, a share of a budget. */
import { decidingBound } from '../../measure/bounds.ts';
import type { ScenarioResult } from '../../result.ts';
import type { ReferenceContext, ReferenceLine, Tracks } from './chart.ts';

/** The value of the bound that a criterion was judged by; null where it did not apply. */
export const boundOf = (scenario: ScenarioResult, id: string): number | null => {
  const criterion = scenario.criteria.find((entry) => entry.id === id && entry.verdict !== 'notApplicable');
  return (criterion === undefined ? undefined : decidingBound(criterion))?.value ?? null;
};

/** A bound that is a share may have been saved in percent. */
export const shareOf = (value: number): number => (value > 1 ? value / 100 : value);

export const boundLine = (value: number | null, label: string): ReferenceLine[] =>
  value === null ? [] : [{ value, label, kind: 'bound' }];

export const limitLine = (value: number | null, label: string): ReferenceLine[] =>
  value === null ? [] : [{ value, label, kind: 'limit' }];

/** The highest value of a track; null where nothing of it was seen. */
export const peakOf = (tracks: Tracks, id: string): number | null => {
  const values = tracks.get(id)?.values ?? new Float64Array();
  const most = values.reduce((high, value) => (value > high ? value : high), -Infinity);
  return most === -Infinity ? null : most;
};

/** How much of its budget a component may use, in percent, by the criterion that demands headroom. */
export const headroomLine =
  (criterion: string) =>
  ({ scenario, budgets }: ReferenceContext): ReferenceLine[] => {
    const headroom = boundOf(scenario, criterion);
    const hasNoBudgets = Object.values(budgets).every((budget) => budget === null);
    return headroom === null || hasNoBudgets ? [] : boundLine(100 * (1 - shareOf(headroom)), 'bound');
  };
