import { histogramsOf, seriesOf, type Labels } from '../measure/tracks/observations.ts';
import { growthOf, sumAtSamples, totalMs, totalOf, type Window } from '../measure/tracks/windows.ts';
import { figures, type Figure, type Figures } from '../measure/figures.ts';
import type { CriterionResult } from '../result.ts';
import type { JudgedEntry } from './criterion.ts';
import { pileIn, pileOf, type Pile } from './histogram-pile.ts';
import { requestCounts, requestDurations } from './requests.ts';
import { loadedPhaseNames, loadedWindows } from './judged-windows.ts';
import { stockFigures } from './stock-figures.ts';

/** How long jobs took that ended in loaded phases (ms), as the client followed them. */
const jobDurations = ({ observations, phases }: JudgedEntry): Pile => {
  const names = loadedPhaseNames(phases);
  return pileOf(
    histogramsOf(observations, 'pgsurge_job_duration')
      .filter(({ labels }) => names.has(labels['phase'] ?? ''))
      .flatMap(({ histograms }) => histograms),
  );
};

const times = (value: number | null, factor: number): number | null => (value === null ? null : value * factor);
const over = (part: number | null, whole: number): number | null =>
  part === null || whole === 0 ? null : part / whole;

const growth = (
  { observations }: JudgedEntry,
  name: string,
  component: string,
  windows: readonly Window[],
): number | null => {
  const series = seriesOf(observations, name, { component });
  return series.length === 0 ? null : growthOf(series, windows);
};

const peak = (entry: JudgedEntry, name: string, windows: readonly Window[], labels: Labels = {}): number | null => {
  const { values } = sumAtSamples(seriesOf(entry.observations, name, labels), windows);
  return values.length === 0 ? null : values.reduce((most, value) => Math.max(most, value));
};

const jobsDone = ({ observations, phases }: JudgedEntry): number => {
  const names = loadedPhaseNames(phases);
  return totalOf(seriesOf(observations, 'pgsurge_jobs_done').filter(({ labels }) => names.has(labels['phase'] ?? '')));
};

const latencies = (entry: JudgedEntry, windows: readonly Window[]) => {
  const api = requestDurations(entry.observations, entry.phases, 'interactive');
  const job = jobDurations(entry);
  const p95 = (name: string): number | null => pileIn(entry, name, windows).quantile(0.95);
  return {
    jobMsP50: job.quantile(0.5),
    jobMsP95: job.quantile(0.95),
    apiMsP50: api.quantile(0.5),
    apiMsP95: api.quantile(0.95),
    apiMsP99: api.quantile(0.99),
    queryMsP95: times(p95('db.client.operation.duration'), 1000),
    transactionMsP95: times(p95('pgsurge.transaction.duration'), 1000),
    poolWaitMsP95: times(p95('db.client.connection.wait_time'), 1000),
    dueToStartSecondsP95: p95('pgsurge.task.due_to_start'),
  };
};

const cpuPerJob = (entry: JudgedEntry, windows: readonly Window[], jobs: number) => {
  const cpuOf = (component: string): number | null =>
    times(over(growth(entry, 'process.cpu_seconds', component, windows), jobs), 1000);
  const cpu = {
    serviceCpuMillisecondsPerJob: cpuOf('service'),
    databaseCpuMillisecondsPerJob: cpuOf('database'),
    poolerCpuMillisecondsPerJob: cpuOf('pooler'),
  };
  const known = Object.values(cpu).filter((value) => value !== null);
  return {
    cpuMillisecondsPerJob: known.length === 0 ? null : known.reduce((total, value) => total + value, 0),
    ...cpu,
  };
};

/** What one job costs: steadier from run to run than latencies are, so the first to show a change of the code. */
const costsPerJob = (entry: JudgedEntry, windows: readonly Window[]) => {
  const jobs = jobsDone(entry);
  const held = pileIn(entry, 'db.client.connection.use_time', windows);
  const queries = pileIn(entry, 'db.client.operation.duration', windows);
  return {
    jobsDone: jobs,
    connectionSecondsPerJob: over(held.count === 0 ? null : held.sum, jobs),
    queriesPerJob: over(queries.count === 0 ? null : queries.count, jobs),
    ...cpuPerJob(entry, windows, jobs),
  };
};

const rates = (entry: JudgedEntry, windows: readonly Window[]) => {
  const { ok, error, refused } = requestCounts(entry.observations, entry.phases);
  const lastingSeconds = totalMs(windows) / 1000;
  return {
    okPerSecond: over(ok, lastingSeconds),
    errorShare: over(error, ok + error),
    refusedShare: over(refused, ok + error + refused),
    jobsPerMinute: over(jobsDone(entry) * 60, lastingSeconds),
    connectionTimeouts: totalOf(seriesOf(entry.observations, 'db.client.connection.timeouts'), windows),
    sessionsPeak: peak(entry, 'postgres.sessions', windows),
    poolWaitingPeak: peak(entry, 'db.client.connection.pending_requests', windows),
    poolerWaitingPeak: peak(entry, 'pooler.clients', windows, { state: 'waiting' }),
  };
};

type CriterionFigureId = Extract<(typeof figures)[number], { isCriterionValue: true }>['id'];

/** Figures that are the value of a criterion. */
const fromCriteria = (criteria: readonly CriterionResult[]): Pick<Figures, CriterionFigureId> => {
  const known: readonly Figure[] = figures;
  const values = known
    .filter(({ isCriterionValue }) => isCriterionValue === true)
    .map(({ id, judgedBy }) => [id, criteria.find((one) => one.id === judgedBy?.criterion)?.value ?? null]);
  return Object.fromEntries(values) as Pick<Figures, CriterionFigureId>;
};

/** Key figures for compare and history, of those that harness/measure/figures.ts lists. */
export const figuresOf = (entry: JudgedEntry, criteria: readonly CriterionResult[]): Figures => {
  const windows = loadedWindows(entry.phases);
  return {
    ...latencies(entry, windows),
    ...costsPerJob(entry, windows),
    ...rates(entry, windows),
    ...stockFigures(entry, windows),
    ...fromCriteria(criteria),
  };
};
