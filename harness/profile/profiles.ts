import type { PhaseDeclaration } from '../../scenarios/lib/declaration.ts';
import type { PhaseResult } from '../result.ts';

/** How long and at what time scale. A phase, and a scaled bound, lasts max(full / factor, floor). */
export interface Profile {
  name: 'smoke' | 'nightly' | 'full';
  factor: number;
  purpose: string;
}

/** Smoke's factor is so high that the declared floors set every length: seconds, for a quick true answer. */
export const profiles: Record<Profile['name'], Profile> = {
  smoke: { name: 'smoke', factor: 900, purpose: 'seconds per phase, for a desk or a pull request' },
  nightly: { name: 'nightly', factor: 20, purpose: 'the matrix in 16.5 minutes, for CI each night' },
  full: { name: 'full', factor: 1, purpose: "the seeds' own durations: the matrix in 5.5 hours, each quarter" },
};

export const scaledSeconds = (fullSeconds: number, floorSeconds: number, profile: Profile): number =>
  Math.max(fullSeconds / profile.factor, floorSeconds);

/** Phases on the load's own clock: 0 is the instant k6 starts. */
export const scalePhases = (phases: readonly PhaseDeclaration[], profile: Profile): PhaseResult[] => {
  let startMs = 0;
  return phases.map(({ name, kind, fullSeconds, floorSeconds, activeJobs, clients }) => {
    const endMs = startMs + Math.round(scaledSeconds(fullSeconds, floorSeconds, profile) * 1000);
    const asking = clients == null ? {} : { clients };
    const phase = { name, kind, startMs, endMs, fullSeconds, activeJobs, ...asking };
    startMs = endMs;
    return phase;
  });
};
