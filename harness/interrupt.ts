/** Ctrl-C and SIGTERM stop the load, save and report what there is, and tear down; a second one does not wait. */
export interface Interruptible extends Disposable {
  readonly signal: AbortSignal;
}

export const interruptible = (onFirst: () => void): Interruptible => {
  const controller = new AbortController();
  const handle = (): void => {
    if (controller.signal.aborted) return;
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
