/** Connections: of the app pool, of the pooler, of the database; and what the service lets in to ask for one. */
import { busyAtWaiting } from '../../measure/statistics/erlang.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { formatNumber } from '../../measure/numbers-in-words.ts';
import { alertBound } from '../alert-bounds.ts';
import type { GrowthEntry, GrowthMeasure } from './measure.ts';
import { busyIn, countOf, highestMeanIn, leastReported, meanIn, p95In, rateIn } from './seen.ts';

/** A pool is said to wait when one in so many of those who ask finds all its connections taken. */
const waitingShare = 0.05;
/** Slots and workers are said to be taken when this share of them is, on average. */
const takenPercent = 90;
/** Half as many tasks wait as run: no chance meeting of a few. */
const heldBackPercent = 50;

const waits = (limit: number | null): number | null => (limit === null ? null : busyAtWaiting(limit, waitingShare));
const each = (total: number | null, parts: number): number | null =>
  total === null || parts === 0 ? null : total / parts;

const appPool: GrowthMeasure = {
  id: 'app-pool',
  title: 'App pool, busy connections of one replica',
  unit: 'connections',
  causeRank: 3,
  stopsGrowth: true,
  meaning: (limit) => `the app pool of ${limit === null ? 'unknown size' : formatNumber(limit)} waits`,
  valueIn: (entry, stretch) =>
    each(busyIn(entry, 'db.client.connection.use_time', stretch), countOf(entry, 'db.client.connection.max')),
  limitIn: (entry) => leastReported(entry, 'db.client.connection.max'),
  levelOf: waits,
};

const appPoolWait: GrowthMeasure = {
  id: 'app-pool-wait',
  title: 'Waiting for a connection of the app pool, p95',
  unit: 'ms',
  causeRank: 0,
  meaning: () => '',
  valueIn: (entry, stretch) => p95In(entry, 'db.client.connection.wait_time', stretch, 1000),
  limitIn: () => null,
  levelOf: () => null,
};

/** The smallest limit that is in force, by PgBouncer's own settings, in which 0 means none. */
const poolerLimit = ({ reported }: GrowthEntry): number | null => {
  const sizes = ['max_db_connections', 'default_pool_size'].map((word) =>
    Number(Object.entries(reported).find(([name]) => name.endsWith(`.${word}`))?.[1] ?? 0),
  );
  const known = sizes.filter((size) => size > 0);
  return known.length === 0 ? null : Math.min(...known);
};

const pooler: GrowthMeasure = {
  id: 'pooler',
  title: 'Pooler, busy server connections',
  unit: 'connections',
  causeRank: 2,
  stopsGrowth: true,
  meaning: (limit) => `the pooler of ${limit === null ? 'unknown size' : formatNumber(limit)} waits`,
  valueIn: (entry, stretch) =>
    each(rateIn(entry, 'pooler.transaction_seconds', stretch), countOf(entry, 'pooler.transaction_seconds')),
  limitIn: poolerLimit,
  levelOf: waits,
};

const poolerWait: GrowthMeasure = {
  id: 'pooler-wait',
  title: 'Waiting in the pooler, mean of an assignment',
  unit: 'ms',
  causeRank: 0,
  meaning: () => '',
  valueIn: (entry, stretch) => {
    const waited = rateIn(entry, 'pooler.wait_seconds', stretch);
    const given = rateIn(entry, 'pooler.transactions', stretch);
    return waited === null || given === null || given === 0 ? null : (1000 * waited) / given;
  },
  limitIn: () => null,
  levelOf: () => null,
};

/** Behind a pooler no more sessions are opened than it may hold, or than the app pools together can ask for. */
const mostSessions = (entry: GrowthEntry): number | null => {
  const ofPooler = poolerLimit(entry);
  const ofPools = seriesOf(entry.observations, 'db.client.connection.max').map(({ values }) => values.at(-1) ?? 0);
  if (countOf(entry, 'pooler.transactions') === 0 || ofPooler === null || ofPools.length === 0) return null;
  return Math.min(
    ofPooler * countOf(entry, 'pooler.transactions'),
    ofPools.reduce((total, size) => total + size, 0),
  );
};

const sessions: GrowthMeasure = {
  id: 'sessions',
  title: "Sessions of the service's role",
  unit: 'sessions',
  causeRank: 1,
  stopsGrowth: true,
  meaning: (limit) => `sessions reach the role limit of ${formatNumber(limit ?? NaN)}`,
  valueIn: (entry, stretch) => meanIn(entry, 'postgres.sessions', stretch, { role: 'app' }),
  limitIn: (entry) => {
    const limit = leastReported(entry, 'postgres.role_limit', { role: 'app' });
    return limit === null || limit <= 0 ? null : limit;
  },
  mostIn: mostSessions,
  levelOf: (limit) => (limit === null ? null : (limit * alertBound('role-limit').value) / 100),
};

const slots: GrowthMeasure = {
  id: 'slots',
  title: 'Claim slots taken',
  unit: '%',
  causeRank: 4,
  stopsGrowth: true,
  meaning: () => 'the claim slots are all but taken',
  valueIn: (entry, stretch) =>
    each(meanIn(entry, 'queue_saturation', stretch), countOf(entry, 'queue_saturation') / 100),
  limitIn: (entry) => (countOf(entry, 'queue_saturation') === 0 ? null : 100),
  levelOf: (limit) => (limit === null ? null : takenPercent),
};

/** The sum of what each replica says. */
const workersOf = ({ observations }: GrowthEntry): number | null => {
  const counts = seriesOf(observations, 'queue_workers').map(({ values }) => Math.max(...values));
  return counts.length === 0 ? null : counts.reduce((total, count) => total + count, 0);
};

/** As long as one is free a task begins when it is due; from then on what is done no longer follows the load. */
const busyWorkers: GrowthMeasure = {
  id: 'busy-workers',
  title: 'Workers with a task',
  unit: 'workers',
  causeRank: 5,
  stopsGrowth: true,
  meaning: (limit) => `all but a few of the ${formatNumber(limit ?? NaN)} workers are busy`,
  valueIn: (entry, stretch) => meanIn(entry, 'queue_workers_busy', stretch),
  limitIn: workersOf,
  levelOf: (limit) => (limit === null ? null : (limit * takenPercent) / 100),
};

/** Tasks that could run and do not, as a share of those that run: whatever holds them back is taken. */
const tasksHeldBack: GrowthMeasure = {
  id: 'workers',
  title: 'Tasks that could run and wait for a worker, for each that runs',
  unit: '%',
  causeRank: 5.5,
  stopsGrowth: true,
  onlySeen: true,
  meaning: () => 'tasks wait for a worker',
  valueIn: (entry, stretch) => {
    const pending = highestMeanIn(entry, 'tasks', stretch, { state: 'pending' });
    const running = highestMeanIn(entry, 'tasks', stretch, { state: 'running' });
    return pending === null || running === null || running === 0 ? null : (100 * pending) / running;
  },
  limitIn: () => null,
  levelOf: () => heldBackPercent,
};

export const connectionMeasures: readonly GrowthMeasure[] = [
  sessions,
  pooler,
  poolerWait,
  appPool,
  appPoolWait,
  slots,
  busyWorkers,
  tasksHeldBack,
];
