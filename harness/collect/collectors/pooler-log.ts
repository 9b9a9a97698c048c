import { poolerOf } from '../../servers/pooler-products.ts';
import type { Collector } from '../collector.ts';
import { errorLog, symptomTextsOf } from '../error-log.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

export const collector: Collector = {
  id: 'pooler-log',
  title: "Errors in the pooler's log, which clients may never see",
  start: async (context) => {
    const logs = context.stack.poolers.flatMap(({ product, logFile }, instance) =>
      logFile === null
        ? []
        : [
            errorLog(context.sink, {
              file: logFile,
              component: 'pooler',
              instance,
              series: 'pooler.log_errors',
              labels: { pooler: String(instance) },
              errorIn: poolerOf(product).errorInLog,
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
