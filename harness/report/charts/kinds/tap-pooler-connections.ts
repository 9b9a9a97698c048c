import { isOfTheService } from '../../../measure/connections/tap-use.ts';
import type { Chart } from '../chart.ts';
import { connectionStates, statesOf } from '../tap-states.ts';

export const chart: Chart = {
  id: 'tap-pooler-connections',
  place: 44,
  title: 'Connections of the pooler to the database, by the tap',
  unit: 'connections',
  reads:
    'The same work behind the pooler, on as many server connections as it takes. They are the pooler’s, and what is ' +
    'idle inside a transaction here is so at the service, too.',
  stack: statesOf('behind-pooler'),
  lines: [],
  makers: [connectionStates('behind-pooler', (hop) => !isOfTheService(hop))],
};
