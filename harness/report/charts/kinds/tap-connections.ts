import type { Chart } from '../chart.ts';
import { connectionStates, statesOf } from '../tap-states.ts';

export const chart: Chart = {
  id: 'tap-connections',
  place: 42,
  title: 'Connections of the service to the pooler, by the tap',
  unit: 'connections',
  reads:
    'What the service does with its connections, seen from outside: at work, waiting inside a transaction while the ' +
    'service does something else, idle in its pool.',
  stack: statesOf('to-pooler'),
  lines: [],
  makers: [connectionStates('to-pooler', (hop) => hop.startsWith('service-pooler'))],
};
