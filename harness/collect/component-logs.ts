import { messageOf } from '../errors.ts';
import type { CollectContext } from './collector.ts';
import { errorLog, symptomTextsOf, type ErrorLog, type LogKind } from './error-log.ts';
import { slowIntervalMs, watchSource } from './source-watch.ts';

/** Reads all logs to their end, once nothing looks at them any more; a log that cannot be is told. */
const endOf = ({ sink }: CollectContext, source: string, logs: () => Iterable<ErrorLog>): AsyncDisposable => ({
  [Symbol.asyncDispose]: async () => {
    for (const log of logs()) {
      await log.end(sink.nowMs()).catch((error: unknown) => sink.source(source, false, messageOf(error)));
    }
  },
});

/** Looks at logs at each tick, and once more at the end: an event may be the last thing that a process says. */
export const watchLogs = (context: CollectContext, source: string, logs: () => Iterable<ErrorLog>): AsyncDisposable => {
  const look = async (atMs: number): Promise<void> => {
    for (const log of logs()) await log.read(atMs);
  };
  return watchSource(context, source, slowIntervalMs(context), look, [endOf(context, source, logs)]);
};

/** The logs of all instances of a component, as they come and go. */
export const componentLogs = (context: CollectContext, source: string, kind: LogKind): AsyncDisposable => {
  const logs = new Map<string, ErrorLog>();
  const open = (file: string, instance: number, startBytes: number): void => {
    if (logs.has(file)) return;
    const labels = { instance: String(instance) };
    const alsoKept = symptomTextsOf(context, kind.component);
    logs.set(file, errorLog(context.sink, { ...kind, file, startBytes, instance, labels, alsoKept }));
  };
  return watchLogs(context, source, () => {
    for (const { name, instance, logFile, logStartBytes } of context.components()) {
      if (name === kind.component && logFile !== null) open(logFile, instance, logStartBytes ?? 0);
    }
    return logs.values();
  });
};
