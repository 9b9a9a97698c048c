import { isLockWait } from '../../servers/postgres/log.ts';
import type { Collector } from '../collector.ts';
import { componentLogs } from '../component-logs.ts';

export const collector: Collector = {
  id: 'database-log',
  title: "Errors in Postgres' log",
  start: async (context) =>
    componentLogs(context, 'database-log', {
      component: 'database',
      series: 'postgres.log_errors',
      alsoCounted: { series: 'postgres.log_lock_waits', is: isLockWait },
    }),
};
