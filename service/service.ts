/** One replica: app pool, queue, outbox, schedules and their workers, without the HTTP side. */
import type { Context } from './context.ts';
import { shareOf } from './context.ts';
import { cleanUp, keepLeases } from './cleanup.ts';
import { messageOf } from './log.ts';
import { createOutboxListeners, listenDirectly, listenFromAppPool, type OutboxListeners } from './outbox.ts';
import { runMemoQueue } from './memo/queue-manager.ts';
import { createJobCache } from './queue/job-cache.ts';
import { createWaitingTasks } from './queue/waiting.ts';
import { workQueue, type Queue } from './queue/worker.ts';
import { manageSchedules, registerSchedules } from './schedules.ts';
import { createSnapshot } from './snapshot.ts';
import { logPoolCounts, startWorkers, type StartedWorkers, type Worker } from './startup.ts';
import { createBell, createSlots } from './wait.ts';

export interface Service {
  /** Wakes a worker: a task became pending. */
  taskPending(): void;
  /** Resolves once the workers have ended; call after the context's signal aborted. */
  ended(): Promise<void>;
}

/** This replica's claim slots: at least one where there is a limit, however many replicas share it; 0: no limit. */
const slotLimit = ({ settings: { dbQueueMaxConcurrency: all }, replica, replicas }: Context): number =>
  all === 0 ? 0 : Math.max(1, shareOf(all, replica, replicas));

const createQueue = (context: Context): Queue => {
  const { metrics } = context;
  const bell = createBell();
  const limit = slotLimit(context);
  const slots = createSlots(limit);
  metrics.gauge('queue_saturation', 'Share of the claim slots in use', () => [
    [{}, limit === 0 ? 0 : Math.min(1, slots.busy() / limit)],
  ]);
  return {
    bell,
    slots,
    cache: createJobCache(context),
    waiting: createWaitingTasks(context, bell),
    running: new Map(),
    claims: metrics.tally('task_claims', 'Tasks claimed'),
    completions: metrics.tally('task_completions', 'Tasks completed'),
    priorityUpdates: metrics.tally('priority_updates', 'Priority updates by what they changed'),
    dueToStart: metrics.timing('pgsurge.task.due_to_start', "From a task's due time to its start"),
    completed: 0,
  };
};

const listeners = (context: Context, outbox: OutboxListeners): Worker[] =>
  Array.from({ length: context.settings.outboxListeners }, (_, index) => {
    const name = `outbox-listener-${context.replica}-${index}`;
    return {
      name,
      kind: 'outbox-listener',
      look: {
        operation: 'look at outbox',
        text: 'SELECT count(*)::int AS events FROM outbox WHERE delivered_at IS NULL',
      },
      prepare: () =>
        context.settings.listenConnections === 'per-listener'
          ? listenFromAppPool(context, outbox.wake)
          : Promise.resolve(),
      run: () => outbox.run(index, name),
    };
  });

const queueWorkers = (context: Context, queue: Queue): Worker[] =>
  Array.from({ length: shareOf(context.settings.jobWorkers, context.replica, context.replicas) }, (_, index) => {
    const name = `queue-worker-${context.replica}-${index}`;
    return {
      name,
      kind: 'queue',
      look: {
        operation: 'look at queue',
        text: `SELECT EXISTS (SELECT 1 FROM tasks WHERE status = 'pending') AS pending`,
      },
      run: () => workQueue({ ...context, pool: context.batchPool }, queue, name),
    };
  });

const memoManager = (context: Context): Worker[] =>
  context.settings.memoQueue
    ? [
        {
          name: `memo-queue-${context.replica}`,
          kind: 'memo-queue',
          look: { operation: 'look at messages', text: 'SELECT count(*)::int AS messages FROM memo_messages' },
          run: () => runMemoQueue(context),
        },
      ]
    : [];

const managers = (context: Context, queue: Queue): Worker[] => [
  {
    name: `schedule-manager-${context.replica}`,
    kind: 'schedule-manager',
    look: { operation: 'look at schedules', text: 'SELECT count(*)::int AS schedules FROM cron_schedules' },
    prepare: () => registerSchedules(context),
    run: () => manageSchedules(context),
  },
  {
    name: `cleanup-${context.replica}`,
    kind: 'cleanup',
    look: {
      operation: 'look at leases',
      text: `SELECT count(*)::int AS tasks FROM tasks WHERE status = 'running' AND lease_until < now()`,
    },
    run: () => cleanUp(context, queue, createSnapshot(context)),
  },
];

const warm = async ({ pool, warmConnections, log }: Context): Promise<void> => {
  if (warmConnections === 0) return;
  log.info('Pre-warming connection pool...');
  await pool.warm(warmConnections).then(
    () => log.info('Connection pool pre-warmed'),
    (error: unknown) => log.error(`Connection pool not pre-warmed: ${messageOf(error)}`),
  );
};

const watchStart = (context: Context, workers: StartedWorkers): void => {
  const { handlers } = context;
  context.metrics.gauge('queue_handlers_concurrent', 'Handlers of messages and dispatched ticks that run', () => [
    [{}, handlers.running],
  ]);
  context.metrics.gauge('workers', 'Workers at work', () => [[{}, workers.count()]]);
  void workers.started.then(() => context.log.info(`${workers.count()} workers at work`));
};

/** Warms the app pool if so set, then starts the workers; does not wait until all are at work. */
export const startService = async (context: Context, listenUrl: string | undefined): Promise<Service> => {
  const queue = createQueue(context);
  const outbox = createOutboxListeners(context);
  await warm(context);
  logPoolCounts(context);
  const workers = startWorkers(context, [
    ...queueWorkers(context, queue),
    ...memoManager(context),
    ...listeners(context, outbox),
    ...managers(context, queue),
  ]);
  watchStart(context, workers);
  const leases = keepLeases(context, queue);
  const { listenConnections, outboxListeners } = context.settings;
  if (listenConnections === 'shared' && outboxListeners > 0 && listenUrl !== undefined)
    void listenDirectly(context, listenUrl, outbox.wake);
  const wakeToStop = (): void => {
    queue.waiting.stop();
    queue.bell.ring(1000);
    outbox.wakeNow();
  };
  context.stopping.addEventListener('abort', wakeToStop, { once: true });
  return {
    taskPending: () => queue.bell.ring(),
    ended: async () => {
      await workers.ended;
      leases.stop();
    },
  };
};
