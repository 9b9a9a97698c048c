import { exitCodes } from '../errors.ts';

/** npm and a terminal both pass one Ctrl-C on: only what comes later than this is a second one. */
const secondAfterMs = 1000;

/**
 * Ctrl-C and SIGTERM stop the load, save and report what there is, and tear down. A second one does not wait for that:
 * the process ends, and its warden removes what is left.
 */
export interface Interruptible extends Disposable {
  readonly signal: AbortSignal;
}

export const interruptible = (onFirst: () => void): Interruptible => {
  const controller = new AbortController();
  let firstAt: number | null = null;
  const handle = (): void => {
    if (firstAt !== null) {
      if (performance.now() - firstAt > secondAfterMs) process.exit(exitCodes.interrupted);
      return;
    }
    firstAt = performance.now();
    onFirst();
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, handle);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of names) process.off(name, handle);
    },
  };
};
