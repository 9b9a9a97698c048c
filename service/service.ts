/** One replica: app pool, queue, outbox, schedules and their workers, without the HTTP side. */
import type { Context } from './context.ts';
import { shareOf } from './context.ts';
import { cleanUp, keepLeases } from './cleanup.ts';
import { messageOf } from './log.ts';
import { createOutboxListeners, listenDirectly, listenFromAppPool, type OutboxListeners } from './outbox.ts';
import { runMemoQueue } from './memo/queue-manager.ts';
import { createJobCache } from './queue/job-cache.ts';
import { createCrew, type Crew } from './queue/crew.ts';
import { createPriorities } from './queue/priorities.ts';
import { scaleWorkers } from './queue/scaling.ts';
import { createWaitingTasks } from './queue/waiting.ts';
import { workQueue, type Queue } from './queue/worker.ts';
import { manageSchedules, registerSchedules } from './schedules.ts';
import { createSnapshot } from './snapshot.ts';
import { logPoolCounts, startWorkers, type StartedWorkers, type Worker } from './startup.ts';
import { createBell, createSlots } from './wait.ts';

export interface Service {
  /** Wakes a worker: the first task of a new job became pending. */
  taskPending(jobId: string): void;
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
    priorities: createPriorities(context),
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
          ? listenFromAppPool(context, 'outbox', outbox.wake)
          : Promise.resolve(),
      run: () => outbox.run(index, name),
    };
  });

const workersAtFirst = ({ settings, replica, replicas }: Context): number =>
  shareOf(settings.jobWorkers, replica, replicas);

const queueWorkers = (context: Context, queue: Queue): Worker[] =>
  Array.from({ length: workersAtFirst(context) }, (_, index) => {
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

const watchStart = (context: Context, workers: StartedWorkers, crew: Crew, atFirst: number): void => {
  const { handlers } = context;
  context.metrics.gauge('queue_handlers_concurrent', 'Handlers of messages and dispatched ticks that run', () => [
    [{}, handlers.running],
  ]);
  context.metrics.gauge('queue_workers', 'Queue workers there are', () => [[{}, crew.count()]]);
  context.metrics.gauge('queue_workers_busy', 'Queue workers with a task', () => [[{}, crew.busy()]]);
  context.metrics.gauge('workers', 'Workers at work', () => [[{}, workers.count() + crew.count() - atFirst]]);
  void workers.started.then(() => context.log.info(`${workers.count()} workers at work`));
};

/** One replica writes the priorities for all: two would write each of them twice. */
const listenForPriorities = async (context: Context, listenUrl: string | undefined, queue: Queue): Promise<void> => {
  const { settings, replica } = context;
  if (settings.priorityMode !== 'notify' || replica !== 0) return;
  const channel = 'priority_updates';
  if (settings.priorityListenRoute === 'app-pool') await listenFromAppPool(context, channel, queue.priorities.heard);
  else if (listenUrl !== undefined) void listenDirectly(context, listenUrl, channel, queue.priorities.heard);
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
  const atFirst = workersAtFirst(context);
  const crew = createCrew(context, queue, atFirst);
  watchStart(context, workers, crew, atFirst);
  void scaleWorkers(context, crew);
  const leases = keepLeases(context, queue);
  const { listenConnections, outboxListeners } = context.settings;
  if (listenConnections === 'shared' && outboxListeners > 0 && listenUrl !== undefined)
    void listenDirectly(context, listenUrl, 'outbox', outbox.wake);
  await listenForPriorities(context, listenUrl, queue);
  const wakeToStop = (): void => {
    queue.waiting.stop();
    queue.bell.ring(1000);
    outbox.wakeNow();
  };
  context.stopping.addEventListener('abort', wakeToStop, { once: true });
  return {
    taskPending: (jobId) => {
      queue.bell.ring();
      // Nobody waits for it here; the worker that asks for the same job says what went wrong.
      if (context.settings.cacheForNewJobs) queue.cache.get(jobId).catch(() => undefined);
    },
    ended: async () => {
      await workers.ended;
      await crew.ended();
      leases.stop();
      await queue.priorities.stop();
    },
  };
};
