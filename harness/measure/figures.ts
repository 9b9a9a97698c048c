/**
 * The key figures of an entry, each with what is said of it: grade/ computes them, compare/ tells whether they got
 * better. An id ends in unit and statistic.
 */

export interface Figure {
  id: string;
  title: string;
  unit: string;
  /** `none`: shown, never called better or worse. */
  better: 'lower' | 'higher' | 'none';
  /**
   * The criterion that judges it too, whose bound is drawn beside it; `scale` makes the criterion's unit the figure's.
   */
  judgedBy?: { criterion: string; scale: number };
  /** It is the value of that criterion, and not measured apart from it. */
  isCriterionValue?: true;
  /**
   * It should stay, from run to run of one load: the history asks whether it grows a little with each. A growth of less
   * than this is none that anybody would have to know of.
   */
  growsBy?: number;
}

const mebibytes = 1024 * 1024;
const judged = (criterion: string, scale = 1) => ({ judgedBy: { criterion, scale } });
const valueOf = (criterion: string) => ({ ...judged(criterion), isCriterionValue: true as const });

export const figures = [
  { id: 'jobMsP50', title: 'job duration p50', unit: 'ms', better: 'lower' },
  { id: 'jobMsP95', title: 'job duration p95', unit: 'ms', better: 'lower' },
  { id: 'apiMsP50', title: 'interactive latency p50', unit: 'ms', better: 'lower' },
  { id: 'apiMsP95', title: 'interactive latency p95', unit: 'ms', better: 'lower', ...judged('api-p95') },
  { id: 'apiMsP99', title: 'interactive latency p99', unit: 'ms', better: 'lower' },
  { id: 'queryMsP95', title: 'query latency p95', unit: 'ms', better: 'lower', ...judged('query-p95') },
  { id: 'transactionMsP95', title: 'transaction p95', unit: 'ms', better: 'lower' },
  { id: 'poolWaitMsP95', title: 'wait for the app pool p95', unit: 'ms', better: 'lower' },
  {
    id: 'dueToStartSecondsP95',
    title: 'due to start p95',
    unit: 's',
    better: 'lower',
    ...judged('due-to-start', 0.001),
  },

  // What one job costs.
  { id: 'jobsDone', title: 'jobs done', unit: '1', better: 'higher' },
  { id: 'connectionSecondsPerJob', title: 'connection-seconds per job', unit: 's', better: 'lower' },
  { id: 'queriesPerJob', title: 'queries per job', unit: '1', better: 'lower' },
  { id: 'cpuMillisecondsPerJob', title: 'CPU per job', unit: 'ms', better: 'lower' },
  { id: 'serviceCpuMillisecondsPerJob', title: 'CPU per job, service', unit: 'ms', better: 'lower' },
  { id: 'databaseCpuMillisecondsPerJob', title: 'CPU per job, database', unit: 'ms', better: 'lower' },
  { id: 'poolerCpuMillisecondsPerJob', title: 'CPU per job, pooler', unit: 'ms', better: 'lower' },

  { id: 'okPerSecond', title: 'interactive requests done per second', unit: '1', better: 'higher' },
  { id: 'errorShare', title: 'interactive requests failed', unit: 'share', better: 'lower' },
  { id: 'refusedShare', title: 'interactive requests refused', unit: 'share', better: 'lower' },
  { id: 'jobsPerMinute', title: 'jobs per minute', unit: '1', better: 'higher' },
  { id: 'connectionTimeouts', title: 'acquisitions that timed out', unit: '1', better: 'lower' },
  { id: 'sessionsPeak', title: 'server sessions, peak', unit: '1', better: 'none', growsBy: 5 },
  { id: 'poolWaitingPeak', title: 'waiting for the app pool, peak', unit: '1', better: 'lower' },
  { id: 'poolerWaitingPeak', title: 'waiting in the pooler, peak', unit: '1', better: 'lower' },

  // What a service and its database keep; memory, as all of these, at the highest level that was held.
  { id: 'serviceMemoryBytes', title: 'memory of the service', unit: 'bytes', better: 'lower', growsBy: 16 * mebibytes },
  { id: 'poolerMemoryBytes', title: 'memory of the pooler', unit: 'bytes', better: 'lower', growsBy: 4 * mebibytes },
  {
    id: 'databaseMemoryBytes',
    title: 'memory of the database',
    unit: 'bytes',
    better: 'lower',
    growsBy: 32 * mebibytes,
  },
  { id: 'schedulesHeld', title: 'schedules', unit: '1', better: 'lower', growsBy: 2 },
  { id: 'poolConnectionsHeld', title: 'connections of the app pool', unit: '1', better: 'none', growsBy: 5 },
  { id: 'waitingTasksHeld', title: 'waiting tasks', unit: '1', better: 'lower', growsBy: 20 },
  { id: 'waitingTimersHeld', title: 'timers of waiting tasks', unit: '1', better: 'none', growsBy: 20 },
  { id: 'cacheEntriesHeld', title: 'entries of the cache', unit: '1', better: 'none', growsBy: 20 },
  { id: 'preparedNamesHeld', title: 'names of prepared statements', unit: '1', better: 'none', growsBy: 20 },
  { id: 'deadRowsHeld', title: 'dead rows', unit: '1', better: 'lower', growsBy: 1000 },
  { id: 'deadRowShareHeld', title: 'share of dead rows', unit: 'share', better: 'lower', growsBy: 0.05 },
  { id: 'tempBytes', title: 'bytes of temporary files', unit: 'bytes', better: 'lower', growsBy: 16 * mebibytes },

  {
    id: 'poolUtilisationMax',
    title: 'app pool in use, sustained',
    unit: '%',
    better: 'lower',
    ...valueOf('pool-utilisation'),
  },
  {
    id: 'transactionErrorShare',
    title: 'transactions failed',
    unit: '%',
    better: 'lower',
    ...valueOf('transaction-errors'),
  },
  { id: 'throughputShare', title: 'done of offered', unit: '%', better: 'higher', ...valueOf('throughput') },
  {
    id: 'cpuHeadroomLeast',
    title: 'CPU left of the budget, least',
    unit: '%',
    better: 'higher',
    ...valueOf('cpu-headroom'),
  },
  {
    id: 'memoryHeadroomLeast',
    title: 'memory left of the budget, least',
    unit: '%',
    better: 'higher',
    ...valueOf('memory-headroom'),
  },
  {
    id: 'burstRecoverySeconds',
    title: 'recovery from the burst',
    unit: 's',
    better: 'lower',
    ...valueOf('burst-recovery'),
  },
  {
    id: 'errorSeconds',
    title: 'error-seconds after the fault',
    unit: 's',
    better: 'lower',
    ...valueOf('error-seconds'),
  },
  { id: 'failedInFaultShare', title: 'failed in the fault', unit: '%', better: 'lower', ...valueOf('failed-share') },
  { id: 'latestWorkSeconds', title: 'latest task', unit: 's', better: 'lower', ...valueOf('late-work') },
] as const satisfies readonly Figure[];

export type FigureId = (typeof figures)[number]['id'];
/** Null where it was not measured. */
export type Figures = Record<FigureId, number | null>;

/** What is known of a figure; null for one that only an older or newer release keeps. */
export const figureOf = (id: string): Figure | null => figures.find((figure) => figure.id === id) ?? null;
