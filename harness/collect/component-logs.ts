import type { CollectContext } from './collector.ts';
import { errorLog, symptomTextsOf, type ErrorLogOptions } from './error-log.ts';
import { slowIntervalMs, watchSource } from './source-watch.ts';

type LogKind = Pick<ErrorLogOptions, 'component' | 'series' | 'errorIn'>;

/** The logs of all instances of a component, as they come and go. */
export const componentLogs = (context: CollectContext, source: string, kind: LogKind): AsyncDisposable => {
  const logs = new Map<string, (atMs: number) => void>();
  const open = (file: string, instance: number, startBytes: number): void => {
    if (logs.has(file)) return;
    const labels = { instance: String(instance) };
    const alsoKept = symptomTextsOf(context, kind.component);
    logs.set(file, errorLog(context.sink, { ...kind, file, startBytes, instance, labels, alsoKept }));
  };
  return watchSource(context, source, slowIntervalMs(context), async (atMs) => {
    for (const { name, instance, logFile, logStartBytes } of context.components()) {
      if (name === kind.component && logFile !== null) open(logFile, instance, logStartBytes ?? 0);
    }
    for (const read of logs.values()) read(atMs);
  });
};
