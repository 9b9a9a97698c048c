/** What one row of the matrix measured of growth: each of its phases with jobs in stretches, each measure in each. */
import type { GrowthRow, GrowthStretch } from '../../growth.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import type { PhaseResult } from '../../result.ts';
import { busyHost } from '../host.ts';
import type { GrowthEntry } from './measure.ts';
import { growthMeasures } from './measures.ts';

/** Sources speak once a second: a shorter stretch would measure their rounding. */
const shortestMs = 2000;
/** More would only make the saved run larger: what decides is how far the rows lie apart. */
const mostStretches = 8;

type Stretch = GrowthStretch & Window;

const jobsAt = ({ activeJobs }: PhaseResult, share: number): number =>
  typeof activeJobs === 'number' ? activeJobs : activeJobs[0] + (activeJobs[1] - activeJobs[0]) * share;

/** A ramp's stretches stand at the load of their middle. */
const stretchesOf = (phase: PhaseResult): Stretch[] => {
  const lastsMs = phase.endMs - phase.startMs;
  const count = Math.min(mostStretches, Math.floor(lastsMs / shortestMs));
  return Array.from({ length: count }, (_, index) => ({
    kind: phase.kind === 'burst' ? ('burst' as const) : ('steady' as const),
    activeJobs: jobsAt(phase, (index + 0.5) / count),
    seconds: lastsMs / count / 1000,
    startMs: phase.startMs + (index * lastsMs) / count,
    endMs: phase.startMs + ((index + 1) * lastsMs) / count,
  }));
};

const hasJobs = (phase: PhaseResult): boolean =>
  ['steady', 'burst'].includes(phase.kind) && Math.max(...[phase.activeJobs].flat()) > 0;

const short = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(5)));

/** Null where no phase had jobs. */
export const growthRowOf = (entry: GrowthEntry): GrowthRow | null => {
  const stretches = entry.phases.filter(hasJobs).flatMap(stretchesOf);
  if (stretches.length === 0) return null;
  const steady = stretches.filter(({ kind }) => kind === 'steady');
  const measures = growthMeasures.map((measure) => [
    measure.id,
    {
      limit: measure.limitIn(entry),
      ...(measure.mostIn === undefined ? {} : { most: measure.mostIn(entry) }),
      values: stretches.map((stretch) => short(measure.valueIn(entry, stretch))),
    },
  ]);
  return {
    stretches: stretches.map(({ kind, activeJobs, seconds }) => ({ kind, activeJobs, seconds })),
    measures: Object.fromEntries(measures) as GrowthRow['measures'],
    unusable: busyHost(entry, steady),
  };
};
