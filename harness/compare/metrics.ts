/** What a comparison knows of each figure: name, direction, and from where on a change counts. */
import { betterSide } from '../measure/bounds.ts';
import type { ScenarioResult } from '../result.ts';

export interface Metric {
  /** Key in an entry's `figures`. */
  id: string;
  title: string;
  unit: string;
  /** `none`: shown, never called better or worse. */
  better: 'lower' | 'higher' | 'none';
  /** A smaller change is not called one: as a share of base, and in the metric's unit. */
  minimumChange: number;
  minimumDifference: number;
  /** Roll-up track that shows it over time, for paired blocks. */
  track: string | null;
}

/**
 * The gates, quiet ones first: work per job is counted and varies little, latencies vary most. At most six.
 * Minimum changes are ours: 5 % (2 % of queries, which are counted), and no latency change that nobody would feel.
 */
export const gatedMetrics: readonly Metric[] = [
  {
    id: 'connectionSecondsPerJob',
    title: 'connection-seconds per job',
    unit: 's',
    better: 'lower',
    minimumChange: 0.05,
    minimumDifference: 0.0005,
    track: null,
  },
  {
    id: 'queriesPerJob',
    title: 'queries per job',
    unit: '1',
    better: 'lower',
    minimumChange: 0.02,
    minimumDifference: 0.05,
    track: null,
  },
  {
    id: 'cpuMillisecondsPerJob',
    title: 'CPU per job',
    unit: 'ms',
    better: 'lower',
    minimumChange: 0.05,
    minimumDifference: 0.1,
    track: 'cpu.service',
  },
  {
    id: 'apiMsP95',
    title: 'interactive latency p95',
    unit: 'ms',
    better: 'lower',
    minimumChange: 0.05,
    minimumDifference: 1,
    track: 'latency.p95',
  },
  {
    id: 'queryMsP95',
    title: 'query latency p95',
    unit: 'ms',
    better: 'lower',
    minimumChange: 0.05,
    minimumDifference: 0.1,
    track: 'time.database',
  },
  {
    id: 'jobMsP95',
    title: 'job duration p95',
    unit: 'ms',
    better: 'lower',
    minimumChange: 0.05,
    minimumDifference: 20,
    track: 'jobs.done',
  },
];

/** Further figures that a run holds (grade/figures.ts), by direction; what is in neither list is shown without one. */
const lowerIsBetter =
  /^(api|query|transaction|poolWait|job)Ms|SecondsP95$|^(service|database|pooler)(Cpu|Memory)|^error|^refused|^transactionError|^connectionTimeouts$|WaitingPeak$|^burstRecovery|^poolUtilisation/;
const higherIsBetter = /^(okPerSecond|jobsPerMinute|jobsDone|throughputShare|cpuHeadroomLeast|memoryHeadroomLeast)$/;

const directionOf = (id: string): Metric['better'] =>
  lowerIsBetter.test(id) ? 'lower' : higherIsBetter.test(id) ? 'higher' : 'none';

export const isGated = (id: string): boolean => gatedMetrics.some((metric) => metric.id === id);

const words = (id: string): string =>
  id
    .replaceAll('-', ' ')
    .replaceAll(/([a-z0-9])([A-Z])/g, (_, before: string, letter: string) => `${before} ${letter.toLowerCase()}`);

/** Of grade's further figures, those whose id says too little. */
const titles: Record<string, string> = {
  apiMsP50: 'interactive latency p50',
  apiMsP99: 'interactive latency p99',
  jobMsP50: 'job duration p50',
  transactionMsP95: 'transaction p95',
  poolWaitMsP95: 'wait for the app pool p95',
  dueToStartSecondsP95: 'due to start p95',
  jobsDone: 'jobs done',
  okPerSecond: 'interactive requests done per second',
  jobsPerMinute: 'jobs per minute',
  errorShare: 'interactive requests failed',
  refusedShare: 'interactive requests refused',
  connectionTimeouts: 'acquisitions that timed out',
  sessionsPeak: 'server sessions, peak',
  poolWaitingPeak: 'waiting for the app pool, peak',
  poolerWaitingPeak: 'waiting in the pooler, peak',
  serviceCpuMillisecondsPerJob: 'CPU per job, service',
  databaseCpuMillisecondsPerJob: 'CPU per job, database',
  poolerCpuMillisecondsPerJob: 'CPU per job, pooler',
  serviceMemoryBytes: 'memory of the service',
  databaseMemoryBytes: 'memory of the database',
  poolerMemoryBytes: 'memory of the pooler',
  poolUtilisationMax: 'app pool in use, sustained',
  transactionErrorShare: 'transactions failed',
  throughputShare: 'done of offered',
  cpuHeadroomLeast: 'CPU left of the budget, least',
  memoryHeadroomLeast: 'memory left of the budget, least',
  burstRecoverySeconds: 'recovery from the burst',
};

/** Figures that grade gives in percent already. */
const inPercent = /^(throughputShare|transactionErrorShare|poolUtilisationMax|cpuHeadroomLeast|memoryHeadroomLeast)$/;

/** By the words in an id, as names here end in unit and statistic; the first that fits. */
const units: readonly [RegExp, string][] = [
  [inPercent, '%'],
  [/Ms(P\d+|Max|Mean)?$|Milliseconds/, 'ms'],
  [/Seconds/, 's'],
  [/Bytes/, 'bytes'],
  [/Share$/, 'share'],
]; // oxlint-disable-line unicorn/prefer-string-starts-ends-with

const unitOf = (id: string): string => units.find(([form]) => form.test(id))?.[1] ?? '1';

/** Direction of a figure that is a criterion: the side on which its bound lies. */
const fromCriterion = (id: string, entries: readonly ScenarioResult[]): Metric | null => {
  const criterion = entries.flatMap(({ criteria }) => criteria).find((candidate) => candidate.id === id);
  if (criterion === undefined) return null;
  return {
    id,
    title: criterion.title,
    unit: criterion.unit,
    better: betterSide(criterion.bounds[0]?.comparator ?? '='),
    minimumChange: 0.1,
    minimumDifference: 0,
    track: id === 'api-p95' ? 'latency.p95' : null,
  };
};

/** Figures that a criterion judges too (grade/figures.ts), with what makes the criterion's unit the figure's. */
const criteriaOfFigures: Readonly<Record<string, { id: string; scale: number }>> = {
  apiMsP95: { id: 'api-p95', scale: 1 },
  queryMsP95: { id: 'query-p95', scale: 1 },
  dueToStartSecondsP95: { id: 'due-to-start', scale: 0.001 },
  poolUtilisationMax: { id: 'pool-utilisation', scale: 1 },
  transactionErrorShare: { id: 'transaction-errors', scale: 1 },
  throughputShare: { id: 'throughput', scale: 1 },
  cpuHeadroomLeast: { id: 'cpu-headroom', scale: 1 },
  memoryHeadroomLeast: { id: 'memory-headroom', scale: 1 },
  burstRecoverySeconds: { id: 'burst-recovery', scale: 1 },
};

export const criterionOf = (figure: string): { id: string; scale: number } =>
  criteriaOfFigures[figure] ?? { id: figure, scale: 1 };

/** Gated metrics first, then those of criteria, then the rest by their names. */
export const metricOf = (id: string, entries: readonly ScenarioResult[]): Metric =>
  gatedMetrics.find((metric) => metric.id === id) ??
  fromCriterion(id, entries) ?? {
    id,
    title: titles[id] ?? words(id),
    unit: unitOf(id),
    better: directionOf(id),
    minimumChange: 0.1,
    minimumDifference: 0,
    track: null,
  };

/** Ids of all figures of these entries, gates first in their order. */
export const metricIds = (entries: readonly ScenarioResult[]): string[] => {
  const ids = new Set(entries.flatMap(({ figures }) => Object.keys(figures)));
  const gates = gatedMetrics.map(({ id }) => id).filter((id) => ids.has(id));
  return [...gates, ...[...ids].filter((id) => !gates.includes(id)).sort()];
};
