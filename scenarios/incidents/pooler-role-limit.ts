import { defineScenario } from '../lib/define.ts';

export { client, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** Thirty clients for each of three poolers: each wants 30 server sessions, all together 90. */
const clients = { count: 90, holdMs: 300, restSeconds: 0.1 };

const refusal = 'too many connections for role "app"';
const sessions = { kind: 'series', series: 'postgres.sessions', labels: { role: 'app' } } as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'pooler-role-limit',
  group: 'incidents',
  title: 'Three poolers share a role limit',
  purpose: 'Three poolers of 50 sessions each log in as one role that may hold 50, and one of them is restarted.',
  seeds: ['002'],
  story: {
    happened:
      'One of three poolers was restarted. It came back and answered its console, but the requests of all its ' +
      'clients failed. The clients of the other two noticed nothing.',
    cause:
      'Each pooler may open 50 sessions (`max_db_connections`), together 150, and the role `app` may hold 50 ' +
      '(CONNECTION LIMIT). While one pooler was away the other two opened sessions up to that limit, and left none ' +
      'for it.',
    symptom:
      'The pooler that came back logs FATAL: too many connections for role "app". Its clients fail, those of the ' +
      'others do not, and the role stays at 50 sessions.',
    remedy:
      'Let the poolers together open no more than the role may hold: 3 × 16 = 48. Price: clients of a busy pooler ' +
      'wait, even while another has sessions to spare. Or raise the role’s limit above the 150 that they may open ' +
      'together (to 300 here). Price: up to 100 more sessions of a cluster that others share.',
  },
  environment: {
    route: 'pooler',
    replicas: 3,
    stack: { poolers: 3, maxConnections: 200 },
    roles: { app: { connectionLimit: 50 } },
    // Shortened from 15 s and from 120 s, so that a pooler tries again, and gives up, within a smoke run.
    pooler: { poolSize: 50, serverLoginRetrySeconds: 1, queryWaitTimeoutSeconds: 5 },
    service: { appPoolMax: 40, warmConnections: 0, jobWorkers: 3, outboxListeners: 0 },
  },
  load: {
    phases: [
      // What the restart itself costs is the same in all variants and is cut from the judgement.
      { name: 'restart', kind: 'warmup', fullSeconds: 60, floorSeconds: 8, activeJobs: 0, clients },
      { name: 'after', kind: 'steady', fullSeconds: 120, floorSeconds: 8, activeJobs: 0, clients },
    ],
    interactivePerSecond: 3,
  },
  steps: [{ phase: 'restart', atSeconds: 3, do: 'restart-pooler', pooler: 0, downSeconds: 2.5 }],
  variants: [
    {
      name: 'broken',
      title: '3 × 50 on a role of 50',
      expected: 'symptoms',
      diagnosis: { cause: 'role-limit', notCauses: ['pooler-pool', 'app-pool', 'pool-over-slots'] },
    },
    {
      name: 'fixed',
      title: '3 × 16 = 48',
      pooler: { poolSize: 16 },
      expected: 'pass',
      diagnosis: { cause: 'none', notCauses: ['role-limit'] },
      note: 'Each pooler has its share, whoever comes first. Clients wait in the poolers instead of being refused.',
    },
    {
      name: 'role-300',
      title: 'Role limit 300',
      roles: { app: { connectionLimit: 300 } },
      expected: 'pass',
      diagnosis: { cause: 'none', notCauses: ['role-limit'] },
      note: 'Option B of the seed: all that the poolers ask for fits, and the database works on 90 queries at once.',
    },
  ],
  symptoms: [
    {
      id: 'refused-by-role',
      title: 'The database refuses the late pooler, in its own words',
      tag: 'exact',
      observe: { kind: 'log', component: 'database', contains: refusal, atLeast: 3 },
    },
    {
      id: 'said-by-pooler',
      title: 'The late pooler’s log says the same',
      tag: 'exact',
      observe: { kind: 'log', component: 'pooler', contains: refusal, atLeast: 3 },
    },
    {
      id: 'clients-fail',
      title: 'Long after the restart clients still fail',
      tag: 'shape',
      observe: {
        kind: 'series',
        series: 'http_reqs',
        labels: { outcome: 'error' },
        statistic: 'sum',
        phase: 'after',
        comparator: '>=',
        value: 20,
      },
    },
    {
      id: 'uneven',
      title: 'The late pooler has at most 5 of the 50 sessions',
      tag: 'shape',
      observe: {
        kind: 'series',
        series: 'pooler.servers',
        labels: { pooler: '0' },
        statistic: 'max',
        phase: 'after',
        comparator: '<=',
        value: 5,
      },
    },
  ],
  claims: [
    {
      text: 'max_db_connections 50 at 3 poolers: ~50 backend connections (measured without a limit of the role)',
      seed: '002',
      variant: 'role-300',
      measure: { ...sessions, statistic: 'max', comparator: '<=', value: 55 },
      refuted:
        'max_db_connections is a limit of each pooler by itself: three of them may open 150 sessions. Only the limit ' +
        'of the role kept the seed at 50, by refusing the others.',
    },
    {
      text: 'Three poolers × 50 work on a role of 50 (no pooler is refused a session)',
      seed: '002',
      variant: 'broken',
      measure: { kind: 'series', series: 'pooler.log_errors', statistic: 'max', comparator: '=', value: 0 },
      refuted: 'Each refusal counts here: 3 × 50 = 150 is three times what the role may hold.',
    },
  ],
  keyCharts: ['pooler', 'errors'],
  criteria: [
    { id: 'goodput', value: 100 },
    { id: 'connection-timeouts' },
    { id: 'pool-recovers' },
    { id: 'pooler-errors' },
    { id: 'api-p95', notApplicable: 'a report takes 300 ms by itself and waits for one of 48 sessions' },
  ],
});
