import { isLockWait } from '../../servers/postgres/log.ts';
import type { Collector } from '../collector.ts';
import { componentLogs } from '../component-logs.ts';

export const collector: Collector = {
  id: 'service-log',
  title: "Errors in the service's log",
  start: async (context) =>
    componentLogs(context, 'service-log', {
      component: 'service',
      series: 'service.log_errors',
      // Who has no other way gives Postgres' own log for the service's.
      alsoCounted: { series: 'postgres.log_lock_waits', is: isLockWait },
    }),
};
