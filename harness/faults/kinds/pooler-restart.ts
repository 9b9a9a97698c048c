import type { Fault } from '../fault.ts';
import { ask, componentOf, endAndStart, serves } from '../parts.ts';

/**
 * F2: an orderly restart. Until 1.22 SIGINT lets running queries end and SIGTERM does not; from 1.23 SIGINT waits for
 * servers, SIGTERM for all clients, which under persistent pools never ends (pgbouncer#1473): SIGINT fits both.
 */
export const fault: Fault = {
  id: 'pooler-restart',
  title: 'Pooler restarted',
  colour: '#c2571a',
  resolve: async (context) => {
    const adminUrl = context.stack.poolers[0]?.adminUrl ?? '';
    return endAndStart(componentOf(context, 'pooler'), {
      target: 'pooler 0',
      signal: async () => {
        await ask(adminUrl, 'SHOW VERSION');
        return 'SIGINT';
      },
      serves: () => serves(context.stack.serviceUrl('pooler', 'app')),
    });
  },
};
