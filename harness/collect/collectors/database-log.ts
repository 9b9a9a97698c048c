import type { Collector } from '../collector.ts';
import { componentLogs } from '../component-logs.ts';

const problem = /\b(?:WARNING|ERROR|FATAL|PANIC): +(.*)$/;
/** Postgres logs a wait for a lock beyond deadlock_timeout as LOG; it is worth showing too. */
const lockWait = /\bLOG: +(process \d+ still waiting for .*)$/;

/** The error in a line of Postgres' log; null for what is none. */
export const databaseErrorIn = (line: string): string | null =>
  problem.exec(line)?.[1] ?? lockWait.exec(line)?.[1] ?? null;

export const collector: Collector = {
  id: 'database-log',
  title: "Errors in Postgres' log",
  start: async (context) =>
    componentLogs(context, 'database-log', {
      component: 'database',
      series: 'postgres.log_errors',
      errorIn: databaseErrorIn,
    }),
};
