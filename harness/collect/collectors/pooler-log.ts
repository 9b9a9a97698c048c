import { poolerOf } from '../../servers/pooler-products.ts';
import type { StackPooler } from '../../stack/stack.ts';
import type { CollectContext, Collector } from '../collector.ts';
import { watchLogs } from '../component-logs.ts';
import { errorLog, symptomTextsOf, type ErrorLog } from '../error-log.ts';

const logOf = (context: CollectContext, { product }: StackPooler, instance: number, file: string): ErrorLog => {
  const { readLogEvent, isClientGone } = poolerOf(product);
  return errorLog(context.sink, {
    file,
    component: 'pooler',
    instance,
    series: 'pooler.log_errors',
    labels: { pooler: String(instance) },
    readEvent: readLogEvent,
    alsoCounted: { series: 'pooler.log_clients_gone', is: isClientGone },
    alsoKept: symptomTextsOf(context, 'pooler'),
  });
};

export const collector: Collector = {
  id: 'pooler-log',
  title: "Errors in the pooler's log, which clients may never see",
  start: async (context) => {
    const logs = context.stack.poolers.flatMap((pooler, instance) =>
      pooler.logFile === null ? [] : [logOf(context, pooler, instance, pooler.logFile)],
    );
    // Where nobody knows of a log none is lost: pooler-errors says what it is without.
    if (logs.length === 0) return { [Symbol.asyncDispose]: () => Promise.resolve() };
    if (logs.length < context.stack.poolers.length)
      throw new Error('not every pooler writes a log that can be read here');
    return watchLogs(context, 'pooler-log (pooler)', () => logs);
  },
};
