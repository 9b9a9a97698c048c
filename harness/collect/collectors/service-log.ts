import type { Collector } from '../collector.ts';
import { componentLogs } from '../component-logs.ts';

export const collector: Collector = {
  id: 'service-log',
  title: "Errors in the service's log",
  start: async (context) =>
    componentLogs(context, 'service-log', { component: 'service', series: 'service.log_errors' }),
};
