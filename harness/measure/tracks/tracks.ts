/**
 * Tracks: the series a person looks at, each made from raw observations by one rule, on one grid.
 * The charts of the report, the roll-ups of `keep` and the pictures of `compare` all show these.
 */
import {
  cumulativeRate,
  deltaRate,
  eventRate,
  eventsSoFar,
  gaugeOnGrid,
  histogramRate,
  sumGauges,
  sumOf,
  windowedQuantiles,
} from './grid.ts';
import type { Grid, Statistic } from './grid.ts';
import { keptTracks } from './kept-tracks.ts';
import { histogramsOf, seriesOf } from './observations.ts';
import type { HistogramSeries, Labels, Observations } from './observations.ts';

export interface Track {
  /** Stable: charts, roll-ups and comparisons find it by this. */
  id: string;
  title: string;
  unit: string;
  /** One per grid point; NaN where nothing was seen. */
  values: Float64Array;
}

type Maker = (observations: Observations, grid: Grid) => Track[];

const track = (id: string, title: string, unit: string, values: Float64Array): Track => ({ id, title, unit, values });
const seen = (tracks: Track[]): Track[] => tracks.filter(({ values }) => values.some((value) => !Number.isNaN(value)));
const scaled = (values: Float64Array, factor: number): Float64Array => values.map((value) => value * factor);

/** Where other sources prove that the run was being watched, a counter that never spoke is zero. */
const zeroed = (values: Float64Array, like: Float64Array): Float64Array =>
  values.map((value, index) => (Number.isNaN(value) && !Number.isNaN(like[index]!) ? 0 : value));

const labelValues = (observations: Observations, name: string, label: string): string[] =>
  [...new Set(seriesOf(observations, name).map((series) => series.labels[label] ?? ''))]
    .filter((value) => value !== '')
    .sort();

/** The first selection that finds anything: an external service lacks some labels. */
const firstFound = (observations: Observations, name: string, selections: Labels[]): HistogramSeries[] =>
  selections.map((wanted) => histogramsOf(observations, name, wanted)).find((found) => found.length > 0) ?? [];

/** The mean of the two seconds around: k6 sends its counts in uneven portions. */
const smoothed = (values: Float64Array, grid: Grid): Float64Array => {
  const reach = Math.round(1000 / grid.stepMs);
  if (reach < 1) return values;
  return values.map((value, index) => {
    if (Number.isNaN(value)) return value;
    const around = values.subarray(Math.max(0, index - reach), index + reach + 1).filter((near) => !Number.isNaN(near));
    return around.reduce((sum, near) => sum + near, 0) / around.length;
  });
};

const requests: Maker = (observations, grid) => {
  const named = seriesOf(observations, 'http_reqs', { kind: 'interactive' });
  const all = named.length > 0 ? named : seriesOf(observations, 'http_reqs');
  const watched = deltaRate(all, grid);
  const by = (outcome: string): Float64Array =>
    zeroed(
      deltaRate(
        all.filter((series) => series.labels.outcome === outcome),
        grid,
      ),
      watched,
    );
  const plain = all.every((series) => series.labels.outcome === undefined);
  return [
    track('requests.ok', 'done', '1/s', plain ? watched : by('ok')),
    track('requests.refused', 'refused (429)', '1/s', by('refused')),
    track('requests.error', 'failed', '1/s', by('error')),
    track(
      'requests.dropped',
      'not sent (dropped)',
      '1/s',
      zeroed(deltaRate(seriesOf(observations, 'dropped_iterations'), grid), watched),
    ),
  ].map((made) => ({ ...made, values: smoothed(made.values, grid) }));
};

const latency: Maker = (observations, grid) => {
  const found = firstFound(observations, 'http_req_duration', [
    { kind: 'interactive', outcome: 'ok' },
    { kind: 'interactive' },
    {},
  ]);
  const [p50, p95, p99] = windowedQuantiles(found, grid, [0.5, 0.95, 0.99]);
  return [
    track('latency.p50', 'p50', 'ms', p50!),
    track('latency.p95', 'p95', 'ms', p95!),
    track('latency.p99', 'p99', 'ms', p99!),
  ];
};

/** Each second of work that needs a connection, divided: waiting for one, waiting in the pooler, in the database, held otherwise. */
const time: Maker = (observations, grid) => {
  const sums = (name: string): Float64Array => histogramRate(histogramsOf(observations, name), grid, 'sum');
  const operations = sums('db.client.operation.duration');
  const pooler = zeroed(cumulativeRate(seriesOf(observations, 'pooler.wait_seconds'), grid), operations);
  const used = sums('db.client.connection.use_time');
  return [
    track('time.pool-wait', 'waiting for the app pool', 's/s', sums('db.client.connection.wait_time')),
    track('time.pooler-wait', 'waiting in the pooler', 's/s', pooler),
    track(
      'time.database',
      'in the database',
      's/s',
      operations.map((value, index) => Math.max(0, value - pooler[index]!)),
    ),
    track(
      'time.held',
      'held, doing something else',
      's/s',
      used.map((value, index) => Math.max(0, value - operations[index]!)),
    ),
  ];
};

const pool: Maker = (observations, grid) => {
  const count = (state: string): Float64Array =>
    sumGauges(seriesOf(observations, 'db.client.connection.count', { state }), grid);
  const used = count('used');
  const idle = count('idle');
  return [
    track('pool.used', 'in use', 'connections', used),
    track('pool.idle', 'idle', 'connections', idle),
    track('pool.total', 'connections by the pool’s own count', 'connections', sumOf([used, idle], grid)),
    track(
      'pool.pending',
      'waiting for one',
      'acquisitions',
      sumGauges(seriesOf(observations, 'db.client.connection.pending_requests'), grid, 'max'),
    ),
    track('pool.max', 'pool size', 'connections', sumGauges(seriesOf(observations, 'db.client.connection.max'), grid)),
  ];
};

const poolerStates: [string, string, string[], string][] = [
  ['pooler.servers.active', 'server sessions active', ['active'], 'pooler.servers'],
  ['pooler.servers.idle', 'server sessions idle', ['idle', 'used', 'tested'], 'pooler.servers'],
  ['pooler.servers.login', 'server sessions logging in', ['login'], 'pooler.servers'],
  ['pooler.clients.active', 'clients active', ['active'], 'pooler.clients'],
  ['pooler.clients.waiting', 'clients waiting', ['waiting'], 'pooler.clients'],
];

const pooler: Maker = (observations, grid) => [
  ...poolerStates.map(([id, title, states, name]) =>
    track(
      id,
      title,
      'sessions',
      sumOf(
        states.map((state) => sumGauges(seriesOf(observations, name, { state }), grid)),
        grid,
      ),
    ),
  ),
  track('pooler.maxwait', 'longest wait of a client', 's', highest(observations, 'pooler.maxwait', grid)),
  ...assignments(observations, grid),
];

/** In transaction mode each transaction is one assignment of a server session. */
const assignments: Maker = (observations, grid) => {
  const perSecond = cumulativeRate(seriesOf(observations, 'pooler.transactions'), grid);
  const waited = cumulativeRate(seriesOf(observations, 'pooler.wait_seconds'), grid);
  return [
    track('pooler.assignments', 'assignments of the pooler', '1/s', perSecond),
    track(
      'pooler.wait-mean',
      'mean wait of an assignment',
      's',
      waited.map((value, index) => (perSecond[index]! > 0 ? value / perSecond[index]! : NaN)),
    ),
  ];
};

const happened = (tracks: Track[]): Track[] => tracks.filter(({ values }) => values.some((value) => value > 0));

const transactions: Maker = (observations, grid) => {
  const rate = (name: string): Float64Array => cumulativeRate(seriesOf(observations, name), grid);
  return [
    track('database.commits', 'commits of the database', '1/s', rate('postgres.commits')),
    track('database.rollbacks', 'rollbacks', '1/s', rate('postgres.rollbacks')),
    ...happened([track('database.deadlocks', 'deadlocks', '1/s', rate('postgres.deadlocks'))]),
  ];
};

const highest = (observations: Observations, name: string, grid: Grid, statistic: Statistic = 'max'): Float64Array => {
  const parts = seriesOf(observations, name).map((series) => gaugeOnGrid(series, grid, statistic));
  return Float64Array.from({ length: grid.points }, (_, index) =>
    parts.reduce((most, part) => (Number.isNaN(part[index]!) || part[index]! < most ? most : part[index]!), NaN),
  );
};

const knownStates: [string, string][] = [
  ['active', 'active'],
  ['idle in transaction', 'idle in transaction'],
  ['idle', 'idle'],
  ['starting', 'starting (not yet past authentication)'],
];

/** Of the service's role where roles are told apart: probes and listeners are not the app pool's. */
const authenticated = (observations: Observations, grid: Grid): Float64Array => {
  const all = seriesOf(observations, 'postgres.sessions');
  const past = all.filter(({ labels }) => labels.state !== 'starting');
  const ofService = past.filter(({ labels }) => labels.role === 'app');
  return zeroed(sumGauges(ofService.length > 0 ? ofService : past, grid), sumGauges(all, grid));
};

const sessions: Maker = (observations, grid) => {
  const states = labelValues(observations, 'postgres.sessions', 'state');
  // A state in which no session was yet seen is not sampled: where any was, there were none of it.
  const watched = sumGauges(seriesOf(observations, 'postgres.sessions'), grid);
  const of = (wanted: (state: string) => boolean): Float64Array =>
    zeroed(
      sumOf(
        states.filter(wanted).map((state) => sumGauges(seriesOf(observations, 'postgres.sessions', { state }), grid)),
        grid,
      ),
      watched,
    );
  const known = knownStates.map(([state]) => state);
  return [
    ...knownStates.map(([state, title]) =>
      track(
        `sessions.${state.replaceAll(' ', '-')}`,
        title,
        'sessions',
        of((name) => name === state),
      ),
    ),
    track(
      'sessions.other',
      'other',
      'sessions',
      of((state) => !known.includes(state)),
    ),
    track(
      'sessions.authenticated',
      'sessions past authentication, by the database’s count',
      'sessions',
      authenticated(observations, grid),
    ),
    track(
      'sessions.total',
      'server sessions',
      'sessions',
      of(() => true),
    ),
    track('limits.role', 'role limit', 'sessions', highest(observations, 'postgres.role_limit', grid)),
    track('limits.connections', 'max_connections', 'sessions', highest(observations, 'postgres.max_connections', grid)),
  ];
};

const waits: Maker = (observations, grid) => {
  const types = labelValues(observations, 'postgres.sessions.waiting', 'wait_event_type').filter(
    (type) => !['Client', 'Activity'].includes(type),
  );
  const of = (type: string): Float64Array =>
    sumGauges(seriesOf(observations, 'postgres.sessions.waiting', { wait_event_type: type }), grid, 'max');
  return [
    ...types.map((type) => track(`waits.${type.toLowerCase()}`, `waiting on ${type}`, 'sessions', of(type))),
    track(
      'locks.waiting',
      'lock requests not granted',
      'locks',
      sumGauges(seriesOf(observations, 'postgres.locks.waiting'), grid, 'max'),
    ),
    track('age.transaction', 'oldest transaction', 's', highest(observations, 'postgres.transaction.age.max', grid)),
    track(
      'age.idle-in-transaction',
      'longest idle in transaction',
      's',
      highest(observations, 'postgres.idle_in_transaction.age.max', grid),
    ),
  ];
};

const componentTitles: Record<string, string> = {
  service: 'service',
  pooler: 'pooler',
  database: 'database',
  proxy: 'proxy',
  front: 'front port',
  load: 'load generator',
  harness: 'harness',
};

const processes: Maker = (observations, grid) =>
  Object.entries(componentTitles).flatMap(([component, title]) => [
    track(
      `cpu.${component}`,
      title,
      'cores',
      cumulativeRate(seriesOf(observations, 'process.cpu_seconds', { component }), grid),
    ),
    track(
      `memory.${component}`,
      title,
      'MiB',
      scaled(sumGauges(seriesOf(observations, 'process.memory_bytes', { component }), grid, 'max'), 1 / 2 ** 20),
    ),
  ]);

const taskStates = ['running', 'pending', 'waiting'];

const jobs: Maker = (observations, grid) => {
  const due = windowedQuantiles(histogramsOf(observations, 'pgsurge.task.due_to_start'), grid, [0.95])[0]!;
  return [
    track('jobs.active', 'jobs active', 'jobs', highest(observations, 'jobs_active', grid)),
    track('jobs.done', 'jobs done', '1/s', deltaRate(seriesOf(observations, 'pgsurge_jobs_done'), grid)),
    ...taskStates.map((state) =>
      track(`tasks.${state}`, `tasks ${state}`, 'tasks', perInstance(observations, 'tasks', { state }, grid)),
    ),
    track('tasks.due-to-start', 'due to start, p95', 'ms', scaled(due, 1000)),
    track('tasks.completed', 'tasks completed', '1/s', deltaRate(seriesOf(observations, 'task_completions'), grid)),
  ];
};

/** Replicas each report the same rows of one database: the highest is the count, the sum would be a multiple. */
const perInstance = (observations: Observations, name: string, wanted: Labels, grid: Grid): Float64Array => {
  const narrowed = { ...observations, series: seriesOf(observations, name, wanted) };
  return highest(narrowed, name, grid);
};

const errors: Maker = (observations, grid) => {
  const families = labelValues(observations, 'pooler.log_errors', 'family');
  return [
    track(
      'errors.pool-timeout',
      'acquisition timeouts (app pool)',
      '1/s',
      eventRate(seriesOf(observations, 'db.client.connection.timeouts'), grid),
    ),
    ...families.map((family) =>
      track(
        `errors.pooler.${family}`,
        `pooler: ${family}`,
        '1/s',
        cumulativeRate(seriesOf(observations, 'pooler.log_errors', { family }), grid),
      ),
    ),
    track(
      'errors.transactions',
      'failed transactions',
      '1/s',
      eventRate(seriesOf(observations, 'pgsurge.transactions', { outcome: 'failed' }), grid),
    ),
  ];
};

/** A count so far says nothing about the time after the last look. */
const untilSeen = (values: Float64Array, observations: Observations, grid: Grid): Float64Array => {
  const last = observations.series.reduce((most, { tMs }) => Math.max(most, tMs.at(-1) ?? 0), 0);
  return values.map((value, index) => (grid.startMs + index * grid.stepMs > last ? NaN : value));
};

const schedules: Maker = (observations, grid) => [
  ...labelValues(observations, 'schedule_dispatches', 'queue').map((queue) =>
    track(
      `dispatches.${queue}`,
      `dispatches of ${queue}`,
      '1/s',
      eventRate(seriesOf(observations, 'schedule_dispatches', { queue }), grid),
    ),
  ),
  track(
    'dispatched.total',
    'dispatched so far',
    'jobs',
    untilSeen(eventsSoFar(seriesOf(observations, 'schedule_dispatches'), grid), observations, grid),
  ),
  track('schedules.total', 'schedules', 'schedules', highest(observations, 'cron_schedules_total', grid)),
  track(
    'handlers.concurrent',
    'handlers running',
    'handlers',
    sumGauges(seriesOf(observations, 'queue_handlers_concurrent'), grid, 'max'),
  ),
];

const makers: Maker[] = [
  requests,
  latency,
  time,
  pool,
  pooler,
  sessions,
  waits,
  transactions,
  processes,
  jobs,
  errors,
  schedules,
];

/** All tracks of which anything was seen; of a kept run, those of its roll-up. */
export const tracksOf = (observations: Observations, grid: Grid): Map<string, Track> => {
  if (observations.kept !== undefined) return keptTracks(observations.kept, grid);
  return new Map(makers.flatMap((make) => seen(make(observations, grid))).map((made) => [made.id, made]));
};
