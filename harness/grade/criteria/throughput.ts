import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import type { PhaseResult } from '../../result.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { totalOf } from '../../measure/tracks/windows.ts';
import { starved } from '../host.ts';
import { formatCount, formatCountOf } from '../../measure/numbers-in-words.ts';
import { requestCounts } from '../requests.ts';
import { loadedPhaseNames, loadedWindows } from '../judged-windows.ts';
import { noLoad, notSeen } from '../unknowns.ts';

interface DoneShare {
  share: number;
  done: number;
  offered: number;
  words: string;
  /** Half of what the edges of a short phase may hide (%). */ uncertainty: number;
}

const fewestJobs = 20;

/** Interactive requests: done of offered. What k6 could not start was offered too, and refused is not done. */
const interactiveShare = (input: JudgeInput): DoneShare | null => {
  const { ok, refused, error } = requestCounts(input.observations, input.phases, 'interactive');
  const names = loadedPhaseNames(input.phases);
  const tagged = seriesOf(input.observations, 'dropped_iterations');
  const dropped = totalOf(
    tagged.filter(({ labels }) => labels['phase'] === undefined || names.has(labels['phase'])),
    loadedWindows(input.phases),
  );
  const offered = ok + refused + error + dropped;
  return offered === 0
    ? null
    : {
        share: (100 * ok) / offered,
        done: ok,
        offered,
        uncertainty: 0,
        words: `${formatCountOf(ok, offered)} interactive requests done`,
      };
};

const meanActive = ({ activeJobs }: PhaseResult): number =>
  typeof activeJobs === 'number' ? activeJobs : (activeJobs[0] + activeJobs[1]) / 2;

/** One stretch, warm-up left out: what a burst left to be done is done in its recovery. */
const jobPhases = (phases: readonly PhaseResult[]): PhaseResult[] =>
  phases
    .filter(({ kind }) => kind === 'steady' || kind === 'burst' || kind === 'recovery')
    .filter((phase) => meanActive(phase) > 0);

/** Jobs that ended in these phases. */
const jobsDone = ({ observations }: JudgeInput, phases: readonly PhaseResult[]): number => {
  const names = new Set(phases.map(({ name }) => name));
  return totalOf(seriesOf(observations, 'pgsurge_jobs_done').filter(({ labels }) => names.has(labels['phase'] ?? '')));
};

const activeJobMinutes = (phases: readonly PhaseResult[]): number =>
  phases.reduce((total, phase) => total + (meanActive(phase) * (phase.endMs - phase.startMs)) / 60_000, 0);

/** Jobs done per active-job-minute against the nominal (or the reference variant's). */
const jobShare = (input: JudgeInput): DoneShare | null => {
  const nominal = input.referenceJobsPerActiveJobMinute ?? input.load.nominalJobsPerActiveJobMinute ?? 0;
  const phases = jobPhases(input.phases);
  if (nominal <= 0 || phases.length === 0) return null;
  const done = jobsDone(input, phases);
  const jobMinutes = activeJobMinutes(phases);
  const offered = nominal * jobMinutes;
  // At both edges of the stretch jobs are under way: on average half of them count on the wrong side.
  const underWay = Math.max(meanActive(phases[0]!), meanActive(phases.at(-1)!));
  const rate = `${(done / jobMinutes).toFixed(1)} jobs per active-job-minute`;
  return {
    share: (100 * done) / offered,
    done,
    offered,
    uncertainty: (100 * underWay * 0.5) / offered,
    words: `${rate} (${formatCount(done)} done), nominal ${nominal.toFixed(1)}`,
  };
};

/** The generator is the limit where it starved; then what was not sent says nothing of the service. */
const generatorFellBehind = (input: JudgeInput): string | null =>
  totalOf(seriesOf(input.observations, 'dropped_iterations')) > 0
    ? starved(input, 'load', loadedWindows(input.phases))
    : null;

/** Why a share below the bound says nothing of the service; null where it does. */
const excuse = (input: JudgeInput, { share, uncertainty, offered }: DoneShare, limit: number): string | null => {
  if (share >= limit) return null;
  const why = generatorFellBehind(input);
  if (why !== null) return `; the generator fell behind: ${why}`;
  if (share + uncertainty < limit || offered >= fewestJobs * 50) return null;
  return `: ${share.toFixed(0)} % ± ${uncertainty.toFixed(0)} % is too coarse for a bound of ${limit} %`;
};

const measure = (input: JudgeInput): Measurement => {
  if (loadedPhaseNames(input.phases).size === 0) return noLoad;
  const [requests, jobs] = [interactiveShare(input), jobShare(input)];
  if (requests === null && (jobs === null || jobs.done === 0)) return notSeen(input, 'requests or jobs');
  const shares = [requests, jobs].filter((one) => one !== null).sort((a, b) => a.share - b.share);
  const [least] = shares as [DoneShare];
  const limit = input.declaration?.value ?? 95;
  const count = Math.round(least.offered);
  const measuredBy =
    'the lesser of interactive requests done of offered, and jobs done per active-job-minute of nominal';
  const reason = shares.map(({ words }) => words).join('; ');
  const excused = excuse(input, least, limit);
  if (excused !== null) return { state: 'inconclusive', count, measuredBy, reason: `${reason}${excused}` };
  return { state: 'measured', value: least.share, count, numerator: least.done, measuredBy, reason };
};

export const criterion: Criterion = {
  id: 'throughput',
  title: 'Load done of load offered',
  failureTitle: 'The service does not keep up with the load',
  source: '002',
  unit: '%',
  bounds: [{ severity: 'fail', comparator: '>=', value: 95 }],
  causeRank: 55,
  needs: 'declared-load',
  chart: 'load',
  nextStep:
    'See what limits it: claim slots or workers (tasks wait, connections do not), the app pool, or a ' +
    'component without CPU left.',
  measure,
};
