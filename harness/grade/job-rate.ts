/** How many jobs a load did for each minute that a job was active, how far that can be told, and two such rates. */
import { momentsOf } from '../measure/histograms/moments.ts';
import { histogramsOf, seriesOf, type Labels, type Observations } from '../measure/tracks/observations.ts';
import { totalOf } from '../measure/tracks/windows.ts';
import type { JobRate, PhaseResult } from '../result.ts';
import type { JudgedEntry } from './criterion.ts';

/** Of fewer jobs nothing is known of how evenly they take; then they count as if they came by chance. */
const fewestDurations = 5;
/** One side of a 95 % interval, since the bound has one side. */
const standardErrors = 1.645;

const meanActive = ({ activeJobs }: PhaseResult): number =>
  typeof activeJobs === 'number' ? activeJobs : (activeJobs[0] + activeJobs[1]) / 2;

const mostActive = ({ activeJobs }: PhaseResult): number => Math.max(...[activeJobs].flat());

const jobPhases = (phases: readonly PhaseResult[]): PhaseResult[] =>
  phases.filter((phase) => phase.kind === 'steady' && meanActive(phase) > 0);

const activeJobMinutes = (phases: readonly PhaseResult[]): number =>
  phases.reduce((total, phase) => total + (meanActive(phase) * (phase.endMs - phase.startMs)) / 60_000, 0);

/**
 * Standard error of the count. Each user does one job after the other, so the count varies as much as the jobs' own
 * durations do (a renewal process: the variance is their count times the square of their coefficient of variation). At
 * the edges of the stretch each user is somewhere in a job; users that began together are at the same place of it.
 */
const standardErrorOf = (jobs: number, variation: number, active: number): number =>
  Math.sqrt(Math.max(1, jobs) * variation ** 2 + active ** 2 / 12);

/** How much one job's length differs from another's; too few of them say nothing of it. */
const variationOf = (observations: Observations, inPhases: (series: { labels: Labels }) => boolean): number => {
  const durations = histogramsOf(observations, 'pgsurge_job_duration')
    .filter(inPhases)
    .flatMap(({ histograms }) => histograms);
  const { count, variation } = momentsOf(durations);
  return count < fewestDurations ? 1 : variation;
};

/** Of the steady phases; null where no jobs were asked for, or none of their counts arrived. */
export const jobRateOf = ({ observations, phases }: Pick<JudgedEntry, 'observations' | 'phases'>): JobRate | null => {
  const steady = jobPhases(phases);
  if (steady.length === 0 || seriesOf(observations, 'iterations').length === 0) return null;
  const names = new Set(steady.map(({ name }) => name));
  const inPhases = ({ labels }: { labels: Labels }): boolean => names.has(labels['phase'] ?? '');
  const jobs = totalOf(seriesOf(observations, 'pgsurge_jobs_done').filter(inPhases));
  const most = Math.max(...steady.map((phase) => mostActive(phase)));
  return {
    jobs,
    activeJobMinutes: activeJobMinutes(steady),
    standardError: standardErrorOf(jobs, variationOf(observations, inPhases), most),
  };
};

/** Several repeats as one. */
export const togetherOf = (rates: readonly JobRate[]): JobRate => ({
  jobs: rates.reduce((total, { jobs }) => total + jobs, 0),
  activeJobMinutes: rates.reduce((total, one) => total + one.activeJobMinutes, 0),
  standardError: Math.hypot(...rates.map(({ standardError }) => standardError)),
});

export const perActiveJobMinute = ({ jobs, activeJobMinutes: minutes }: JobRate): number => jobs / minutes;

/** One rate as a share of another (%), with the interval in which it lies by what both counts can tell. */
export interface JobShare {
  share: number;
  low: number;
  high: number;
  /** Half of the interval's width for two equal rates, whatever this one is (%). */
  resolution: number;
}

export const shareOfReference = (rate: JobRate, reference: JobRate): JobShare => {
  const share = (100 * perActiveJobMinute(rate)) / perActiveJobMinute(reference);
  const expected = perActiveJobMinute(reference) * rate.activeJobMinutes;
  const error = standardErrors * Math.hypot(rate.standardError / expected, reference.standardError / reference.jobs);
  return {
    share,
    low: share - 100 * error,
    high: share + 100 * error,
    resolution: 100 * error,
  };
};
