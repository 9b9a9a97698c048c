/** Pauses that end early when the replica stops, and a bell that wakes sleepers. */

/** Resolves after `ms`, or at once when the signal aborts. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });

export interface Bell {
  /** One ring for each piece of work: wakes a sleeper, or is kept for whoever comes next. */
  ring(count?: number): void;
  /** That much work is known to be there, rung for before or not. */
  ensure(count: number): void;
  /** There is no work after all: forgets the kept rings. */
  hush(): void;
  /** Sleeps until rung, at most `ms`. */
  wait(ms: number): Promise<void>;
}

export const createBell = (): Bell => {
  const sleepers: (() => void)[] = [];
  let kept = 0;
  const ring = (count = 1): void => {
    for (let rung = 0; rung < count; rung += 1) {
      const wake = sleepers.shift();
      if (wake === undefined) kept += 1;
      else wake();
    }
  };
  return {
    ring,
    ensure: (count) => ring(Math.max(0, count - kept)),
    hush: () => {
      kept = 0;
    },
    wait: (ms) => {
      if (kept > 0) {
        kept -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          const position = sleepers.indexOf(wake);
          if (position >= 0) sleepers.splice(position, 1);
          resolve();
        }, ms);
        const wake = (): void => {
          clearTimeout(timer);
          resolve();
        };
        sleepers.push(wake);
      });
    },
  };
};

/** At most `limit` at once, the others in order of arrival; 0: no limit. */
export interface Slots {
  run<T>(work: () => Promise<T>): Promise<T>;
  busy(): number;
}

export const createSlots = (limit: number): Slots => {
  const queue: (() => void)[] = [];
  let busy = 0;
  return {
    busy: () => busy,
    run: async (work) => {
      if (limit > 0 && busy >= limit) await new Promise<void>((resolve) => queue.push(resolve));
      else busy += 1;
      try {
        return await work();
      } finally {
        const next = queue.shift();
        if (next === undefined) busy -= 1;
        else next();
      }
    },
  };
};
