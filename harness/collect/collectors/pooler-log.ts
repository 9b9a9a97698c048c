import type { Collector } from '../collector.ts';
import { errorLog, symptomTextsOf } from '../error-log.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

/** WARNING and above. `closing because:` lines only repeat them, at LOG. */
const problem = / (?:WARNING|ERROR|FATAL) (?:\S+: \S+ )?(?:pooler error: )?(.*)$/;

/** The error in a line of PgBouncer's log, without who had it; null for what is none. */
export const poolerErrorIn = (line: string): string | null => problem.exec(line)?.[1] ?? null;

export const collector: Collector = {
  id: 'pooler-log',
  title: "Errors in the pooler's log, which clients may never see",
  start: async (context) => {
    const logs = context.stack.poolers.flatMap(({ logFile }, instance) =>
      logFile === null
        ? []
        : [
            errorLog(context.sink, {
              file: logFile,
              component: 'pooler',
              instance,
              series: 'pooler.log_errors',
              labels: { pooler: String(instance) },
              errorIn: poolerErrorIn,
              alsoKept: symptomTextsOf(context, 'pooler'),
            }),
          ],
    );
    if (logs.length < context.stack.poolers.length) throw new Error('the pooler writes no log that can be read here');
    return watchSource(context, 'pooler-log (pooler)', slowIntervalMs(context), async (atMs) => {
      for (const read of logs) read(atMs);
    });
  },
};
