/** Which rate of jobs a row of the matrix is held to: that of the baseline of the same run. */
import { baselineId, type RunResult, type ScenarioResult } from '../result.ts';
import type { JobReference } from './criterion.ts';
import { togetherOf } from './job-rate.ts';

const none = (reason: string): JobReference => ({ state: 'none', reason });

const overloads = ({ phases }: ScenarioResult): boolean => phases.some(({ kind }) => kind === 'burst');

/** Of the same release and variant; the same repeat where that one was measured, else all that were. */
const measuredBaselines = (own: ScenarioResult, baselines: readonly ScenarioResult[]): ScenarioResult[] => {
  const measured = baselines.filter(({ state, jobRate }) => state === 'finished' && (jobRate?.jobs ?? 0) > 0);
  const same = measured.filter(({ repeat }) => repeat === own.repeat);
  return same.length > 0 ? same : measured;
};

/** A row that is compared with no baseline, and why. */
const incomparable = (own: ScenarioResult): JobReference | null => {
  if (own.group !== 'matrix') return none('only the rows of the matrix are compared by their jobs');
  if (own.name === baselineId) return none('this row is what the others are compared with');
  if (overloads(own))
    return none('a burst asks for more at once than is done at once; burst-recovery tells how that comes back');
  return null;
};

/** `scenarios`: the run's entries as they are judged so far. */
export const jobReferenceOf = (own: ScenarioResult, scenarios: RunResult['scenarios']): JobReference => {
  const without = incomparable(own);
  if (without !== null) return without;
  const baselines = scenarios.filter(
    ({ name, release, variant }) =>
      name === baselineId && (release ?? null) === (own.release ?? null) && variant === own.variant,
  );
  if (baselines.length === 0)
    return none(`no ${baselineId} in this run to compare with: pgsurge run ${baselineId} ${own.name} has both`);
  const measured = measuredBaselines(own, baselines);
  if (measured.length === 0)
    return { state: 'missed', reason: `the ${baselineId} of this run was not measured to its end` };
  return {
    state: 'known',
    rate: togetherOf(measured.map(({ jobRate }) => jobRate!)),
    of: measured.map(({ entry }) => entry).join(', '),
  };
};
