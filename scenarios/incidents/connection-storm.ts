import { defineScenario } from '../lib/define.ts';

export { client, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** All at one instant; each opens a connection, asks once and closes it. Then it rests until the end. */
const clients = { count: 1000, holdMs: 100, restSeconds: 20 };

const opened = { kind: 'series', series: 'postgres.sessions.opened', statistic: 'delta' } as const;
const failed = {
  kind: 'series',
  series: 'http_reqs',
  labels: { outcome: 'error' },
  statistic: 'sum',
} as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'connection-storm',
  group: 'incidents',
  title: 'Connection storm',
  purpose: 'A thousand short-lived clients each open a connection of their own for one query.',
  seeds: ['000'],
  story: {
    happened:
      'A spike of traffic woke a thousand serverless functions at once. Hundreds of them got no connection, and ' +
      'their requests failed.',
    cause:
      'A function that lives for one request keeps no pool: it logs in, asks once, and closes. A thousand logins at ' +
      'once want a thousand sessions of a database that allows 100.',
    symptom:
      'FATAL 53300, "sorry, too many clients already" or "remaining connection slots are reserved". Each login also ' +
      'costs the database a process and a SCRAM exchange.',
    remedy:
      'Put a pooler in front: functions log in there, and 40 sessions that stay open serve them all. Price: one ' +
      'more part to run, whose single core now does all the logins, so that the last functions wait for seconds. ' +
      'Processes that live longer need no login for each request: they keep a pool.',
  },
  environment: {
    route: 'direct',
    replicas: 4,
    stack: { maxConnections: 100 },
    roles: { app: { connectionLimit: 100 } },
    service: {
      reportConnection: 'per-request',
      connectionTimeoutMillis: 10000,
      appPoolMax: 4,
      warmConnections: 1,
      jobWorkers: 4,
      outboxListeners: 0,
      poolWaitingLimit: 0,
    },
  },
  load: {
    phases: [{ name: 'storm', kind: 'burst', fullSeconds: 12, floorSeconds: 12, activeJobs: 0, clients }],
    interactivePerSecond: 3,
  },
  variants: [
    {
      name: 'broken',
      title: 'Straight to the database',
      expected: 'symptoms',
      diagnosis: { cause: 'login-storm', notCauses: ['app-pool', 'role-limit', 'held-transactions'] },
    },
    {
      name: 'fixed',
      title: 'Through the pooler',
      route: 'pooler',
      expected: 'pass',
      diagnosis: { cause: 'login-storm', notCauses: ['app-pool', 'role-limit', 'held-transactions'] },
      note: 'The seed’s managed proxy. Logins cost the pooler what they cost the database before, less a process each.',
    },
    {
      name: 'pooled',
      title: 'A pool in the process',
      service: { reportConnection: 'pool', appPoolMax: 18 },
      expected: 'pass',
      diagnosis: { cause: 'app-pool', notCauses: ['login-storm'] },
      note: 'Where processes live on: four pools of 18, straight to the database, and no login a request.',
    },
  ],
  symptoms: [
    {
      id: 'no-slot',
      title: 'The database refuses logins for want of a slot (53300), in its own words',
      tag: 'exact',
      observe: { kind: 'log', component: 'database', contains: 'sorry, too many clients already', atLeast: 10 },
    },
    {
      id: 'refused-by-count',
      title: 'At least 100 requests got no slot, by the service’s log',
      tag: 'shape',
      observe: { kind: 'log', component: 'service', contains: '(no-slot, not-executed)', atLeast: 100 },
    },
    {
      id: 'requests-fail',
      title: 'At least 100 requests fail',
      tag: 'shape',
      observe: { ...failed, comparator: '>=', value: 100 },
    },
  ],
  claims: [
    {
      text: 'A managed Postgres proxy in front prevents storm spikes (no request fails)',
      seed: '000',
      variant: 'fixed',
      measure: { ...failed, comparator: '=', value: 0 },
    },
    {
      text: 'Straight to the database, it logs in whom it can (sessions opened, at most 1,000 and some)',
      seed: '000',
      variant: 'broken',
      measure: { ...opened, comparator: '<=', value: 1100 },
    },
    {
      text: 'Behind the pooler the database opens at most its 40 sessions',
      seed: '000',
      variant: 'fixed',
      measure: { ...opened, comparator: '<=', value: 60 },
    },
  ],
  keyCharts: ['errors', 'sessions', 'cpu'],
  criteria: [
    { id: 'goodput', value: 100 },
    { id: 'pool-recovers' },
    { id: 'pooler-errors' },
    { id: 'database-connections' },
    { id: 'api-p95', notApplicable: 'a thousand clients come at one instant: they are served one after another' },
    { id: 'burst-recovery', notApplicable: 'the storm is the whole load' },
  ],
});
