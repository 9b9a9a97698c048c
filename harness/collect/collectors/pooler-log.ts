import { poolerOf } from '../../servers/pooler-products.ts';
import type { Collector } from '../collector.ts';
import { watchLogs } from '../component-logs.ts';
import { errorLog, symptomTextsOf } from '../error-log.ts';

export const collector: Collector = {
  id: 'pooler-log',
  title: "Errors in the pooler's log, which clients may never see",
  start: async (context) => {
    const logs = context.stack.poolers.flatMap(({ product, logFile }, instance) => {
      if (logFile === null) return [];
      const { readLogEvent, isClientGone } = poolerOf(product);
      return [
        errorLog(context.sink, {
          file: logFile,
          component: 'pooler',
          instance,
          series: 'pooler.log_errors',
          labels: { pooler: String(instance) },
          readEvent: readLogEvent,
          alsoCounted: { series: 'pooler.log_clients_gone', is: isClientGone },
          alsoKept: symptomTextsOf(context, 'pooler'),
        }),
      ];
    });
    // Where nobody knows of a log none is lost: pooler-errors says what it is without.
    if (logs.length === 0) return { [Symbol.asyncDispose]: () => Promise.resolve() };
    if (logs.length < context.stack.poolers.length)
      throw new Error('not every pooler writes a log that can be read here');
    return watchLogs(context, 'pooler-log (pooler)', () => logs);
  },
};
