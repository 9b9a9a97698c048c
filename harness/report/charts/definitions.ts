/** The charts of a page, in the order in which the story is told. A criterion's `chart` names one of these ids. */
import type { Track } from '../../measure/tracks/track.ts';
import type { ScenarioResult } from '../../result.ts';
import { decidingBound } from '../../measure/bounds.ts';

export type Tracks = ReadonlyMap<string, Track>;

/** A horizontal line: a criterion's bound, or a limit of the configuration. */
export interface Limit {
  value: number;
  label: string;
  kind: 'bound' | 'limit';
}

export interface Budget {
  cores: number;
  memoryBytes: number;
}
export type Budgets = Readonly<Record<string, Budget | null | undefined>>;

interface LimitContext {
  scenario: ScenarioResult;
  tracks: Tracks;
  budgets: Budgets;
}

export interface ChartDefinition {
  id: string;
  title: string;
  /** How to read it: one sentence. */
  reads: string;
  unit: string;
  /** Track ids stacked from the bottom; `prefix.*` takes all that begin so. */
  stack: string[];
  lines: string[];
  limits?(context: LimitContext): Limit[];
  /** Said in place of the chart when every value is zero. */
  quiet?: string;
  /** Latency spans decades: a logarithmic axis keeps the good and the bad legible beside their bound. */
  scale?: 'log';
  /** Divides each track by its component's budget. */
  perBudget?: 'cores' | 'memory';
}

const boundOf = (scenario: ScenarioResult, id: string): number | null => {
  const criterion = scenario.criteria.find((entry) => entry.id === id && entry.verdict !== 'notApplicable');
  return (criterion === undefined ? undefined : decidingBound(criterion))?.value ?? null;
};

const limit = (value: number | null, label: string, kind: Limit['kind'] = 'bound'): Limit[] =>
  value === null ? [] : [{ value, label, kind }];

const peak = (tracks: Tracks, id: string): number | null => {
  const values = tracks.get(id)?.values.filter((value) => !Number.isNaN(value));
  return values === undefined || values.length === 0
    ? null
    : values.reduce((most, value) => Math.max(most, value), -Infinity);
};

const load: ChartDefinition = {
  id: 'load',
  title: 'Load offered and done',
  unit: '1/s',
  reads: 'Interactive requests a second. The line is what was offered; what is filled was done, refused or failed.',
  stack: ['requests.ok', 'requests.refused', 'requests.error', 'requests.dropped'],
  lines: [],
  limits: ({ scenario }) =>
    limit(scenario.load.interactivePerSecond > 0 ? scenario.load.interactivePerSecond : null, 'offered', 'limit'),
};

const latency: ChartDefinition = {
  id: 'latency',
  title: 'Interactive latency',
  unit: 'ms',
  scale: 'log',
  reads: 'Of requests that succeeded, in windows of a few seconds; each step up the axis is ten times slower.',
  stack: [],
  lines: ['latency.p50', 'latency.p95', 'latency.p99'],
  limits: ({ scenario }) => limit(boundOf(scenario, 'api-p95'), 'bound for p95'),
};

const time: ChartDefinition = {
  id: 'time',
  title: 'Where the time went',
  unit: 's/s',
  reads:
    'Seconds spent per second by all work that needs a connection: 2 means that two pieces of work were there at any moment.',
  stack: ['time.database', 'time.held', 'time.pooler-wait', 'time.pool-wait'],
  lines: [],
};

const pool: ChartDefinition = {
  id: 'app-pool',
  title: 'App pool',
  unit: 'connections',
  reads: 'Connections of the pools inside the service, all replicas; above them, acquisitions that wait for one.',
  stack: ['pool.used', 'pool.idle'],
  lines: ['pool.pending'],
  limits: ({ scenario, tracks }) => {
    const size = peak(tracks, 'pool.max');
    const share = boundOf(scenario, 'pool-utilisation');
    return [
      ...limit(size, 'pool size', 'limit'),
      ...(size === null || share === null ? [] : limit(size * (share > 1 ? share / 100 : share), 'bound for in use')),
    ];
  },
};

const pooler: ChartDefinition = {
  id: 'pooler',
  title: 'Pooler',
  unit: 'sessions',
  reads: 'PgBouncer’s server sessions, and its clients: those that wait have a query and no session to run it on.',
  stack: ['pooler.servers.active', 'pooler.servers.idle', 'pooler.servers.login'],
  lines: ['pooler.clients.active', 'pooler.clients.waiting'],
  limits: ({ scenario }) => {
    const size = Number(scenario.stackSettings.poolerPoolSize);
    return Number.isFinite(size)
      ? limit(size * (Number(scenario.stackSettings.poolers) || 1), 'pooler’s pool size', 'limit')
      : [];
  },
};

const poolerWaits: ChartDefinition = {
  id: 'pooler-waits',
  title: 'Waiting in the pooler',
  unit: 's',
  reads:
    'How long clients that have a query wait for a server session: the mean of all assignments, and the longest wait at each look.',
  stack: [],
  lines: ['pooler.wait-mean', 'pooler.maxwait'],
  quiet: 'No client was seen waiting in the pooler.',
};

const commits: ChartDefinition = {
  id: 'commits',
  title: 'Transactions',
  unit: '1/s',
  reads:
    'As database and pooler count them. Through the pooler each assignment of a session carries one transaction; what is rolled back was work for nothing.',
  stack: [],
  lines: ['database.commits', 'pooler.assignments', 'database.rollbacks', 'database.deadlocks'],
};

const sessions: ChartDefinition = {
  id: 'sessions',
  title: 'Server sessions by state',
  unit: 'sessions',
  reads: 'What the database itself counts (pg_stat_activity).',
  stack: ['sessions.active', 'sessions.idle-in-transaction', 'sessions.starting', 'sessions.idle', 'sessions.other'],
  lines: [],
  limits: ({ tracks }) => {
    const connections = peak(tracks, 'limits.connections');
    return [
      ...limit(peak(tracks, 'limits.role'), 'role limit', 'limit'),
      ...(connections === null ? [] : limit(connections * 0.8, '80 % of max_connections')),
    ];
  },
};

const waits: ChartDefinition = {
  id: 'waits',
  title: 'Waiting inside the database',
  unit: 'sessions',
  reads: 'Sessions that wait, by what they wait for; the line counts lock requests not granted.',
  stack: ['waits.*'],
  lines: ['locks.waiting'],
  quiet: 'No session was seen waiting on a lock, on disk or on anything else inside the database.',
};

const ages: ChartDefinition = {
  id: 'ages',
  title: 'Oldest transaction',
  unit: 's',
  reads: 'Age of the oldest open transaction, and of the longest that sits idle while it holds its session.',
  stack: [],
  lines: ['age.transaction', 'age.idle-in-transaction'],
  limits: ({ scenario }) => {
    const longestMs = boundOf(scenario, 'idle-in-transaction');
    return limit(longestMs === null ? null : longestMs / 1000, 'bound for idle in transaction');
  },
};

const budgeted =
  (headroom: string) =>
  ({ scenario, budgets }: LimitContext): Limit[] => {
    const share = boundOf(scenario, headroom);
    if (share === null || Object.values(budgets).every((budget) => budget === null)) return [];
    return limit(100 * (1 - (share > 1 ? share / 100 : share)), 'bound');
  };

const cpu: ChartDefinition = {
  id: 'cpu',
  title: 'CPU against budgets',
  unit: '% of budget',
  perBudget: 'cores',
  reads: 'CPU time of each component as a share of the cores that it may use.',
  stack: [],
  lines: ['cpu.service', 'cpu.pooler', 'cpu.database'],
  limits: budgeted('cpu-headroom'),
};

const memory: ChartDefinition = {
  id: 'memory',
  title: 'Memory against budgets',
  unit: '% of budget',
  perBudget: 'memory',
  reads: 'Proportional set size of each component as a share of its budget; shared buffers counted once.',
  stack: [],
  lines: ['memory.service', 'memory.pooler', 'memory.database'],
  limits: budgeted('memory-headroom'),
};

const jobs: ChartDefinition = {
  id: 'jobs',
  title: 'Jobs and tasks',
  unit: 'count',
  reads: 'Tasks by state, and the jobs that they belong to.',
  stack: ['tasks.running', 'tasks.pending', 'tasks.waiting'],
  lines: ['jobs.active'],
};

const due: ChartDefinition = {
  id: 'due-to-start',
  title: 'From due to started',
  unit: 'ms',
  scale: 'log',
  reads:
    'p95 of the time from a task’s due instant to its start: what is correct but late shows here and nowhere else.',
  stack: [],
  lines: ['tasks.due-to-start'],
  limits: ({ scenario }) => limit(boundOf(scenario, 'due-to-start'), 'bound'),
};

const errors: ChartDefinition = {
  id: 'errors',
  title: 'Errors by family',
  unit: '1/s',
  reads: 'As the service, the pooler and the database count them, retried ones too.',
  stack: ['errors.*'],
  lines: [],
  quiet: 'No error of any family was seen, neither by the service nor in the pooler’s log.',
};

const dispatches: ChartDefinition = {
  id: 'dispatches',
  title: 'Dispatches per tick',
  unit: '1/s',
  reads: 'Jobs that the schedules dispatched; one schedule gives one a tick.',
  stack: ['dispatches.*'],
  lines: [],
};

/** The other one: each due tick dispatched once, or once for every schedule that should not exist. */
export const dispatchedDefinition: ChartDefinition = {
  id: 'dispatched',
  title: 'Dispatches, as the ticks fall due',
  unit: 'jobs',
  reads:
    'Jobs that the schedules have dispatched so far, and how many schedules there are. One schedule climbs by one a tick.',
  stack: [],
  lines: ['dispatched.total', 'schedules.total'],
};

const handlers: ChartDefinition = {
  id: 'handlers',
  title: 'Handlers at once',
  unit: 'handlers',
  reads: 'Queue handlers that run at the same time.',
  stack: [],
  lines: ['handlers.concurrent'],
  quiet: 'No queue handler ran.',
};

export const chartDefinitions: readonly ChartDefinition[] = [
  load,
  latency,
  time,
  pool,
  pooler,
  poolerWaits,
  sessions,
  waits,
  ages,
  commits,
  errors,
  cpu,
  memory,
  jobs,
  due,
  dispatches,
  handlers,
];

/** The one picture of an incident: what the app pool believes beside what the database has. */
export const countsDefinition: ChartDefinition = {
  id: 'counts',
  title: 'The app pool’s own count beside the database’s',
  unit: 'connections',
  reads:
    'Solid: connections that the app pool counts as its own. Dashed: sessions that the database has past authentication. Orange: acquisitions that wait. Where solid and dashed part, the pool believes in connections that nobody can use.',
  stack: [],
  lines: ['pool.total', 'sessions.authenticated', 'pool.pending'],
  limits: ({ tracks }) => limit(peak(tracks, 'pool.max'), 'pool size', 'limit'),
};

/** Id of the chart that draws a criterion; null where none does. */
export const chartOf = ({ chart }: { chart?: string | null }): string | null =>
  chartDefinitions.find(({ id }) => id === chart)?.id ?? null;
