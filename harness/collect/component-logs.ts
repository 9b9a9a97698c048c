import type { CollectContext } from './collector.ts';
import { errorLog, wantedIn } from './error-log.ts';
import { slowIntervalMs, watched } from './watched.ts';

/** The logs of all instances of a component, as they come and go. */
export const componentLogs = (
  context: CollectContext,
  name: string,
  component: string,
  series: string,
  errorIn: (line: string) => string | null,
): AsyncDisposable => {
  const logs = new Map<string, (atMs: number) => void>();
  const logOf = (file: string, instance: number, startBytes: number): ((atMs: number) => void) => {
    const known =
      logs.get(file) ??
      errorLog(context.sink, {
        file,
        startBytes,
        component,
        instance,
        series,
        labels: { instance: String(instance) },
        errorIn,
        wanted: wantedIn(context, component),
      });
    logs.set(file, known);
    return known;
  };
  return watched(context, name, slowIntervalMs(context), async (atMs) => {
    for (const { name: own, instance, logFile, logStartBytes } of context.components()) {
      if (own === component && logFile !== null) logOf(logFile, instance, logStartBytes ?? 0);
    }
    for (const read of logs.values()) read(atMs);
  });
};
