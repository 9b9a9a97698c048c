import { histogramsOf, seriesOf, type Labels } from '../measure/tracks/observations.ts';
import {
  growthOf,
  highestHeld,
  sumAtSamples,
  sumPerSecond,
  totalMs,
  totalOf,
  type Window,
} from '../measure/tracks/windows.ts';
import type { CriterionResult } from '../result.ts';
import type { JudgedEntry } from './criterion.ts';
import { pileIn, pileOf, type Pile } from './histogram-pile.ts';
import { requestCounts, requestDurations } from './requests.ts';
import { loadedPhaseNames, loadedWindows } from './judged-windows.ts';

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

const peak = (judge: JudgedEntry, name: string, windows: readonly Window[], labels: Labels = {}): number | null => {
  const { values } = sumAtSamples(seriesOf(judge.observations, name, labels), windows);
  return values.length === 0 ? null : values.reduce((most, value) => Math.max(most, value));
};

const jobsDone = ({ observations, phases }: JudgedEntry): number => {
  const names = loadedPhaseNames(phases);
  return totalOf(seriesOf(observations, 'pgsurge_jobs_done').filter(({ labels }) => names.has(labels['phase'] ?? '')));
};

const latencies = (judge: JudgedEntry, windows: readonly Window[]): Record<string, number | null> => {
  const api = requestDurations(judge.observations, judge.phases, 'interactive');
  const query = pileIn(judge, 'db.client.operation.duration', windows);
  const wait = pileIn(judge, 'db.client.connection.wait_time', windows);
  const transaction = pileIn(judge, 'pgsurge.transaction.duration', windows);
  const due = pileIn(judge, 'pgsurge.task.due_to_start', windows);
  const job = jobDurations(judge);
  return {
    jobMsP50: job.quantile(0.5),
    jobMsP95: job.quantile(0.95),
    apiMsP50: api.quantile(0.5),
    apiMsP95: api.quantile(0.95),
    apiMsP99: api.quantile(0.99),
    queryMsP95: times(query.quantile(0.95), 1000),
    transactionMsP95: times(transaction.quantile(0.95), 1000),
    poolWaitMsP95: times(wait.quantile(0.95), 1000),
    dueToStartSecondsP95: due.quantile(0.95),
  };
};

/** What one job costs: steadier from run to run than latencies are, so the first to show a change of the code. */
const costsPerJob = (judge: JudgedEntry, windows: readonly Window[]): Record<string, number | null> => {
  const jobs = jobsDone(judge);
  const cpu = (['service', 'database', 'pooler'] as const).map(
    (component) =>
      [component, times(over(growth(judge, 'process.cpu_seconds', component, windows), jobs), 1000)] as const,
  );
  const known = cpu.flatMap(([, value]) => (value === null ? [] : [value]));
  const held = pileIn(judge, 'db.client.connection.use_time', windows);
  const queries = pileIn(judge, 'db.client.operation.duration', windows);
  return {
    jobsDone: jobs,
    connectionSecondsPerJob: over(held.count === 0 ? null : held.sum, jobs),
    queriesPerJob: over(queries.count === 0 ? null : queries.count, jobs),
    cpuMillisecondsPerJob: known.length === 0 ? null : known.reduce((total, value) => total + value, 0),
    ...Object.fromEntries(cpu.map(([component, value]) => [`${component}CpuMillisecondsPerJob`, value])),
  };
};

const rates = (judge: JudgedEntry, windows: readonly Window[]): Record<string, number | null> => {
  const { ok, error, refused } = requestCounts(judge.observations, judge.phases);
  const lastingSeconds = totalMs(windows) / 1000;
  return {
    okPerSecond: over(ok, lastingSeconds),
    errorShare: over(error, ok + error),
    refusedShare: over(refused, ok + error + refused),
    jobsPerMinute: over(jobsDone(judge) * 60, lastingSeconds),
    connectionTimeouts: totalOf(seriesOf(judge.observations, 'db.client.connection.timeouts'), windows),
    sessionsPeak: peak(judge, 'postgres.sessions', windows),
    poolWaitingPeak: peak(judge, 'db.client.connection.pending_requests', windows),
    poolerWaitingPeak: peak(judge, 'pooler.clients', windows, { state: 'waiting' }),
  };
};

const memory = ({ observations }: JudgedEntry, windows: readonly Window[]): Record<string, number | null> =>
  Object.fromEntries(
    ['service', 'pooler', 'database'].map((component) => [
      `${component}MemoryBytes`,
      highestHeld(sumPerSecond(seriesOf(observations, 'process.memory_bytes', { component }), windows, 3500))?.value ??
        null,
    ]),
  );

/** Criteria whose value is itself worth comparing, by figure. */
const fromCriteria: Readonly<Record<string, string>> = {
  'pool-utilisation': 'poolUtilisationMax',
  'transaction-errors': 'transactionErrorShare',
  throughput: 'throughputShare',
  'cpu-headroom': 'cpuHeadroomLeast',
  'memory-headroom': 'memoryHeadroomLeast',
  'burst-recovery': 'burstRecoverySeconds',
};

/** Key figures for compare and history: metric id to value, null where not measured. Ids end in unit and statistic (docs/criteria.md). */
export const figuresOf = (judge: JudgedEntry, criteria: readonly CriterionResult[]): Record<string, number | null> => {
  const windows = loadedWindows(judge.phases);
  return {
    ...latencies(judge, windows),
    ...costsPerJob(judge, windows),
    ...rates(judge, windows),
    ...memory(judge, windows),
    ...Object.fromEntries(
      Object.entries(fromCriteria).map(([id, figure]) => [
        figure,
        criteria.find((one) => one.id === id)?.value ?? null,
      ]),
    ),
  };
};
