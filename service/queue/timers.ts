/** Timers that wake waiting tasks at their due time, and end with the job that needed them. */

export interface Timers {
  /** At the due time `due` is called, once for all tasks that are due in the same grain of time. */
  set(jobId: string, ms: number): void;
  /** The job has ended: nobody waits for what only it needed. */
  drop(jobId: string): void;
  count(): number;
  stop(): void;
}

/** A timer fires a little after its task is due, so that the look that follows finds it due. */
export const afterDueMs = 5;

/**
 * How long from now until what a page discovered falls due, one distance after the other. The database counts from the
 * beginning of the transaction, which is `sinceMs` ago.
 */
export const dueDelaysMs = (discovered: number, distanceMs: number, sinceMs: number): number[] =>
  Array.from({ length: discovered }, (_, index) => Math.max(0, (index + 1) * distanceMs - sinceMs) + afterDueMs);

/** Due times are rounded up to this, so that tasks due together are moved together. */
const grainMs = 100;

interface Slot {
  timer: NodeJS.Timeout;
  jobs: Set<string>;
}

class SlottedTimers implements Timers {
  readonly #slots = new Map<number, Slot>();
  readonly #byJob = new Map<string, Set<number>>();
  readonly #due: () => void;
  #stopped = false;

  constructor(due: () => void) {
    this.#due = due;
  }

  #fire(slot: number): void {
    const jobs = this.#slots.get(slot)?.jobs ?? [];
    this.#slots.delete(slot);
    for (const jobId of jobs) {
      const slots = this.#byJob.get(jobId);
      slots?.delete(slot);
      if (slots?.size === 0) this.#byJob.delete(jobId);
    }
    this.#due();
  }

  set(jobId: string, ms: number): void {
    if (this.#stopped) return;
    const slot = Math.ceil((performance.now() + ms) / grainMs);
    const found = this.#slots.get(slot) ?? {
      timer: setTimeout(() => this.#fire(slot), slot * grainMs - performance.now()),
      jobs: new Set<string>(),
    };
    found.jobs.add(jobId);
    this.#slots.set(slot, found);
    const slots = this.#byJob.get(jobId) ?? new Set<number>();
    this.#byJob.set(jobId, slots.add(slot));
  }

  drop(jobId: string): void {
    for (const slot of this.#byJob.get(jobId) ?? []) {
      const found = this.#slots.get(slot);
      found?.jobs.delete(jobId);
      if (found === undefined || found.jobs.size > 0) continue;
      clearTimeout(found.timer);
      this.#slots.delete(slot);
    }
    this.#byJob.delete(jobId);
  }

  count(): number {
    return [...this.#byJob.values()].reduce((total, slots) => total + slots.size, 0);
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#slots.values()) clearTimeout(timer);
    this.#slots.clear();
    this.#byJob.clear();
  }
}

export const createTimers = (due: () => void): Timers => new SlottedTimers(due);
