import { defineScenario } from '../lib/define.ts';

export { interactive, noteWriterOfOneTenant as activeJob } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * A pool of 10, over a link of 37.5 ms: a write holds its connection for 150 ms. One tenant writes a hundred notes at
 * once, all the time; the others come at a fixed rate. An acquisition may wait for one second.
 */
const theSeedsService = {
  appPoolMax: 10,
  warmConnections: 10,
  connectionTimeoutMillis: 1000,
  poolWaitingLimit: 0,
  jobWorkers: 1,
  outboxListeners: 1,
  drainMs: 0,
};
const others = { series: 'http_reqs', labels: { kind: 'interactive' } };
const othersServed = {
  kind: 'share',
  series: 'http_reqs',
  labels: { kind: 'interactive', outcome: 'ok' },
  of: others,
} as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'tenant-quota',
  group: 'incidents',
  title: 'One tenant takes the pool',
  purpose: 'One tenant’s flood waits in the same line as everybody’s requests, and the line is as long as the flood.',
  seeds: ['000'],
  story: {
    happened:
      'One customer imported its notes, a hundred at a time. As long as that took, requests of all other customers ' +
      'failed, too.',
    cause:
      'The app pool serves whoever comes next, and nearly all who wait for it belong to the one tenant. Nothing ' +
      'limits how many connections a tenant may hold.',
    symptom:
      'Less than 95 % of the other tenants’ requests are served; the rest fail after a second with "timeout ' +
      'exceeded when trying to connect".',
    remedy:
      'A tenant may hold four of the ten connections; its further requests wait in a line of their own. Price: the ' +
      'import gets four connections where it had nearly all ten, so that it takes longer.',
  },
  environment: {
    route: 'direct',
    replicas: 1,
    stack: { linkMs: 37.5 },
    service: theSeedsService,
  },
  load: {
    phases: [{ name: 'import', kind: 'steady', fullSeconds: 600, floorSeconds: 12, activeJobs: 100 }],
    interactivePerSecond: 20,
    users: 'notes',
  },
  variants: [
    {
      name: 'broken',
      title: 'No limit',
      service: { tenantConnections: 0 },
      expected: 'symptoms',
      diagnosis: {
        cause: 'app-pool',
        notCauses: ['held-transactions', 'foreign-slots', 'pool-over-slots', 'database-cpu'],
      },
    },
    {
      name: 'fixed',
      title: 'Four connections a tenant',
      service: { tenantConnections: 4 },
      expected: 'pass',
      diagnosis: { cause: 'unknown', notCauses: ['app-pool', 'slow-statements'] },
      note: 'Six connections are always left to the others; the flood is served at the rate that four give it.',
    },
    {
      name: 'alone',
      title: 'The others without the import',
      service: { tenantConnections: 0 },
      expected: 'pass',
      diagnosis: { cause: 'none' },
      reference: {
        load: { phases: [{ name: 'import', kind: 'steady', fullSeconds: 600, floorSeconds: 12, activeJobs: 0 }] },
      },
      note: 'What the others get when nobody floods: done of offered is compared with this.',
    },
  ],
  symptoms: [
    {
      id: 'others-fail',
      title: 'Of the other tenants’ requests less than 95 % are served',
      tag: 'shape',
      observe: { ...othersServed, comparator: '<', value: 0.95 },
    },
    {
      id: 'times-out',
      title: 'Acquisitions time out',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: 'timeout exceeded when trying to connect', atLeast: 20 },
    },
  ],
  proofs: [
    {
      id: 'others-served',
      title: 'Of the other tenants’ requests at least 99 % are served',
      tag: 'shape',
      observe: { ...othersServed, comparator: '>=', value: 0.99 },
    },
  ],
  keyCharts: ['load', 'app-pool'],
  criteria: [
    { id: 'throughput', value: 95 },
    { id: 'connection-timeouts', value: 0 },
    { id: 'pool-recovers' },
    { id: 'api-p95', notApplicable: 'a write takes four answers over a link of 37.5 ms, 150 ms by itself' },
    { id: 'proofs' },
  ],
});
