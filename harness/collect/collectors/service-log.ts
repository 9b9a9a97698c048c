import type { Collector } from '../collector.ts';
import { componentLogs } from '../component-logs.ts';

const problem = /\b(?:WARN(?:ING)?|ERROR|FATAL|PANIC)\b:? ?(.*)$|^(?:Uncaught|Unhandled|Error:|\w+Error:)(.*)$/;

/** The error in a line of the service's log; null for what is none. */
export const serviceErrorIn = (line: string): string | null => {
  const match = problem.exec(line);
  return match === null ? null : (match[1] ?? line);
};

export const collector: Collector = {
  id: 'service-log',
  title: "Errors in the service's log",
  start: async (context) =>
    componentLogs(context, 'service-log', {
      component: 'service',
      series: 'service.log_errors',
      errorIn: serviceErrorIn,
    }),
};
