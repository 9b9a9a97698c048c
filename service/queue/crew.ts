/** The queue workers beyond those that a replica starts with: they come and go while it runs. */
import type { Context } from '../context.ts';
import { workQueue, type Queue } from './worker.ts';

export interface Crew {
  count(): number;
  /** How many of them have a task, or are about to claim one. */
  busy(): number;
  /** The last ones to come are the first to go; a task that one has is finished first. */
  resize(workers: number): void;
  /** Resolves once all that came later have ended. */
  ended(): Promise<void>;
}

export const createCrew = (context: Context, queue: Queue, atFirst: number): Crew => {
  const later: AbortController[] = [];
  const runs = new Set<Promise<void>>();
  let names = atFirst;
  const hire = (): void => {
    const leave = new AbortController();
    later.push(leave);
    names += 1;
    const run = workQueue(context, queue, `queue-worker-${context.replica}-${names}`, leave.signal);
    runs.add(run);
    void run.finally(() => runs.delete(run));
  };
  const count = (): number => atFirst + later.length;
  return {
    count,
    busy: () => Math.min(count(), queue.running.size),
    resize: (workers) => {
      while (count() < workers) hire();
      while (count() > workers && later.length > 0) later.pop()?.abort();
    },
    ended: async () => void (await Promise.all(runs)),
  };
};
