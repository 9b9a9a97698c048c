/**
 * Starts the workers. Each one registers and looks at its work at the same time, so it asks for two connections at
 * once: 21 workers ask for 42, as at the start-up of seed 004. Started together, all of them ask at the same instant
 * and try again in step. Started staggered, they ask a few at a time, with jitter, and try again at different times.
 */
import type { Context } from './context.ts';
import { messageOf } from './log.ts';
import { pause } from './wait.ts';

export interface Worker {
  name: string;
  kind: 'queue' | 'memo-queue' | 'outbox-listener' | 'schedule-manager' | 'cleanup';
  /** The first look at its work, beside its registration. */
  look: { operation: string; text: string };
  /** What else it needs before it works. */
  prepare?(): Promise<void>;
  /** Works until the replica stops. */
  run(): Promise<void>;
}

const begin = async ({ pool, replica }: Context, worker: Worker): Promise<void> => {
  const both = await Promise.allSettled([
    pool.query(
      'register worker',
      `
      INSERT INTO workers (name, kind, replica) VALUES ($1, $2, $3)
      ON CONFLICT (name) DO UPDATE SET started_at = now()`,
      [worker.name, worker.kind, replica],
    ),
    pool.query(worker.look.operation, worker.look.text),
  ]);
  const failures = both.filter((one) => one.status === 'rejected').map(({ reason }) => messageOf(reason));
  if (failures.length > 0) throw new Error(failures.join('; '));
  await worker.prepare?.();
};

/** Tries until the worker began (true) or the replica stops (false). */
const beginWithRetries = async (context: Context, worker: Worker): Promise<boolean> => {
  const { settings, stopping, log } = context;
  const staggered = settings.workerStart === 'staggered';
  for (let attempt = 0; !stopping.aborted; attempt += 1) {
    try {
      await begin(context, worker);
      return true;
    } catch (error) {
      for (const reason of messageOf(error).split('; ')) log.error(`worker ${worker.name} failed to start: ${reason}`);
    }
    const backoff = staggered ? 2 ** Math.min(attempt, 4) * (0.5 + Math.random()) : 1;
    await pause(settings.workerRetryMs * backoff, stopping);
  }
  return false;
};

export interface StartedWorkers {
  /** Workers at work now. */
  count(): number;
  /** All are at work, or will not be since the replica stops. */
  started: Promise<void>;
  /** Resolves once all have ended. */
  ended: Promise<void>;
}

/** For workers that are just starting when the replica is told to stop. */
const startGraceMs = 1000;

type Start = (worker: Worker) => Promise<void>;

/** A few at a time, each after a pause of its own length. */
const startStaggered = async (
  { settings, stopping }: Context,
  workers: readonly Worker[],
  start: Start,
): Promise<void> => {
  const waiting = [...workers];
  const startSome = async (): Promise<void> => {
    for (let worker = waiting.shift(); worker !== undefined; worker = waiting.shift()) {
      await pause(20 * Math.random(), stopping);
      await start(worker);
    }
  };
  await Promise.all(Array.from({ length: settings.workerStartConcurrency }, startSome));
};

const startTogether = async (workers: readonly Worker[], start: Start): Promise<void> => {
  await Promise.all(workers.map(start));
};

/** Resolves a while after the replica was told to stop: workers that are just starting get that time. */
const stopGrace = (stopping: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    stopping.addEventListener('abort', () => void pause(startGraceMs).then(resolve), { once: true });
  });

export const startWorkers = (context: Context, workers: readonly Worker[]): StartedWorkers => {
  let atWork = 0;
  const runs: Promise<void>[] = [];
  const start: Start = async (worker) => {
    if (!(await beginWithRetries(context, worker))) return;
    atWork += 1;
    runs.push(
      worker.run().finally(() => {
        atWork -= 1;
      }),
    );
  };
  const together = context.settings.workerStart === 'together';
  const started = together ? startTogether(workers, start) : startStaggered(context, workers, start);
  return {
    count: () => atWork,
    started,
    // A start that is under way is finished; one that still waits for its connection has nothing to finish.
    ended: Promise.race([started, stopGrace(context.stopping)])
      .then(() => Promise.all(runs))
      .then(() => undefined),
  };
};

/** Logs the app pool's counts once a second in the words of seed 004, for the first seconds of a replica's life. */
export const logPoolCounts = ({ pool, settings, log, stopping }: Context): void => {
  const untilMs = performance.now() + settings.poolLogSeconds * 1000;
  const say = (): void => {
    const { total, idle, waiting } = pool.counts();
    log.info(`pool: ${total} total, ${idle} idle, ${waiting} waiting`);
  };
  if (settings.poolLogSeconds === 0) return;
  // By then all workers have asked for their connections, and nobody else can have asked yet.
  setTimeout(say, 20).unref();
  const timer = setInterval(() => {
    if (stopping.aborted || performance.now() > untilMs) clearInterval(timer);
    else say();
  }, 1000);
  timer.unref();
};
