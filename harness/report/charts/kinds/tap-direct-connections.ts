import { isOfTheService } from '../../../measure/connections/tap-use.ts';
import type { Chart } from '../chart.ts';
import { connectionStates, statesOf } from '../tap-states.ts';

export const chart: Chart = {
  id: 'tap-direct-connections',
  place: 43,
  title: 'Connections of the service to the database, by the tap',
  unit: 'connections',
  reads:
    'Those past the pooler, seen from outside: at work, waiting inside a transaction while the service does ' +
    'something else, idle or listening.',
  stack: statesOf('to-database'),
  lines: [],
  makers: [connectionStates('to-database', (hop) => isOfTheService(hop) && !hop.startsWith('service-pooler'))],
};
