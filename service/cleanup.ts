/**
 * The cleanup worker takes back lost tasks, watches for stuck jobs, admits queued ones, removes old rows, and counts.
 */
import type { Context } from './context.ts';
import { messageOf } from './log.ts';
import { admitJobs } from './queue/admission.ts';
import { failExhausted, heartbeat, reclaimExpired } from './queue/leases.ts';
import { cleanOrphans } from './queue/orphans.ts';
import { reconcileCounters } from './queue/reconcile.ts';
import { createStuckWatch } from './queue/stuck.ts';
import { createWatchdog } from './queue/watchdog.ts';
import type { Queue } from './queue/worker.ts';
import { watchdogSeconds } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { pause } from './wait.ts';

interface Chore {
  name: string;
  everyMs: number;
  run(): Promise<unknown>;
}

const removeOld = async ({ pool }: Context): Promise<void> => {
  await pool.query('remove old', `DELETE FROM idempotency_keys WHERE created_at < now() - interval '1 day'`);
};

/** Jobs wait to be admitted only where a setting limits how many run. */
const admission = (context: Context, queue: Queue): Chore[] =>
  context.settings.maxRunningJobs === 0
    ? []
    : [{ name: 'admission', everyMs: 250, run: () => admitJobs(context, queue.bell) }];

const reconciliation = (context: Context): Chore[] => {
  const everyMs = context.settings.counterReconcileSeconds * 1000;
  return everyMs === 0 ? [] : [{ name: 'reconcile', everyMs, run: () => reconcileCounters(context) }];
};

const leaseChores = (context: Context, queue: Queue): Chore[] => {
  const leaseMs = context.settings.taskLeaseSeconds * 1000;
  const reclaimMs = Math.max(50, Math.min(1000, leaseMs / 2));
  return [
    { name: 'reclaim', everyMs: reclaimMs, run: () => reclaimExpired(context, queue.bell) },
    { name: 'exhausted', everyMs: Math.max(1000, leaseMs), run: () => failExhausted(context) },
  ];
};

const chores = (context: Context, queue: Queue, snapshot: Snapshot): Chore[] => {
  const { settings, timeScale } = context;
  const watchdogMs = watchdogSeconds(settings, timeScale) * 1000;
  return [
    { name: 'waiting tasks', everyMs: settings.waitingPollMs, run: () => queue.waiting.sweep() },
    ...admission(context, queue),
    ...leaseChores(context, queue),
    { name: 'orphans', everyMs: 3000, run: () => cleanOrphans(context) },
    { name: 'stuck tasks', everyMs: 2000, run: createStuckWatch(context) },
    ...reconciliation(context),
    { name: 'watchdog', everyMs: Math.max(1000, Math.min(30_000, watchdogMs / 5)), run: createWatchdog(context) },
    { name: 'snapshot', everyMs: 1000, run: () => snapshot.take() },
    { name: 'remove old', everyMs: 600000, run: () => removeOld(context) },
  ];
};

const repeat = async ({ stopping, log }: Context, { name, everyMs, run }: Chore): Promise<void> => {
  while (!stopping.aborted) {
    const startMs = performance.now();
    await run().catch((error: unknown) => log.warn(`cleanup: ${name}: ${messageOf(error)}`));
    // Jitter keeps the replicas from doing the same at the same instant for ever.
    await pause(Math.max(10, everyMs * (0.9 + 0.2 * Math.random()) - (performance.now() - startMs)), stopping);
  }
};

/** Works until the replica stops. */
export const cleanUp = async (context: Context, queue: Queue, snapshot: Snapshot): Promise<void> => {
  await queue.waiting
    .restore()
    .catch((error: unknown) => context.log.warn(`timers of waiting tasks: ${messageOf(error)}`));
  await Promise.all(chores(context, queue, snapshot).map((chore) => repeat(context, chore)));
};

/**
 * Renews this replica's leases until nothing of it runs. It is no chore of the cleanup worker,
 * which ends when the replica is told to stop while tasks still run.
 */
export const keepLeases = (context: Context, queue: Queue): { stop(): void } => {
  if (!context.settings.heartbeat) return { stop: () => undefined };
  const everyMs = Math.max(20, (context.settings.taskLeaseSeconds * 1000) / 3);
  const timer = setInterval(() => {
    heartbeat(context, queue.running.values()).catch((error: unknown) =>
      context.log.warn(`heartbeat: ${messageOf(error)}`),
    );
  }, everyMs);
  return { stop: () => clearInterval(timer) };
};
