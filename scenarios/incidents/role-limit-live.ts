import { defineScenario } from '../lib/define.ts';

export { client, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** 48 clients need 48 connections: three more than three pools of 15 have, and twelve fewer than three of 20. */
const clients = { count: 48, holdMs: 400 };
/** What was rolled out of seed 002's option B: the pods' pools are back at 20, which makes 60 connections. */
const release = { appPoolMax: 20, warmConnections: 20 };
const raiseLimit = 'ALTER ROLE app CONNECTION LIMIT 300';

const sessions = { kind: 'series', series: 'postgres.sessions', labels: { role: 'app' } } as const;
const allSessions = { kind: 'series', series: 'postgres.sessions' } as const;
const failed = { kind: 'series', series: 'http_reqs', labels: { outcome: 'error' }, statistic: 'sum' } as const;
/** Of `gitlab_app` and `harbor_app`, which the seed asks its query about. */
const shared = { stack: { neighbourSessions: 60 } };
const noSlot = 'remaining connection slots are reserved';
const refusal = 'too many connections for role "app"';

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'role-limit-live',
  group: 'incidents',
  title: 'A role limit, raised too late',
  purpose: 'A release with larger pools is rolled out while the role may hold no more sessions than before.',
  seeds: ['002'],
  story: {
    happened:
      'A release gave each pod a larger pool, because clients had to wait. During the rolling restart requests ' +
      'began to fail with "too many connections for role", and when it was over they still failed.',
    cause:
      'Three replicas × 20 connections want 60 sessions; the role `app` may hold 50 (CONNECTION LIMIT). The ' +
      'replicas that come last cannot fill their pools, and a pool below its size fails a request at once where a ' +
      'full one lets it wait. The restart itself does no harm: see `fixed`.',
    symptom:
      'The database logs FATAL: too many connections for role "app" (53300), the role holds exactly 50 sessions, ' +
      'and requests fail.',
    remedy:
      'ALTER ROLE app CONNECTION LIMIT 300 first, then the rolling restart. The new limit holds for new sessions at ' +
      'once. Price: a superuser must set it, and the sessions are taken from a cluster that others share.',
  },
  environment: {
    route: 'direct',
    replicas: 3,
    stack: { maxConnections: 120 },
    roles: { app: { connectionLimit: 50 } },
    service: { appPoolMax: 15, warmConnections: 15, idleTimeoutMillis: 0, jobWorkers: 3, outboxListeners: 0 },
  },
  load: {
    phases: [
      { name: 'before', kind: 'steady', fullSeconds: 60, floorSeconds: 4, activeJobs: 0, clients },
      { name: 'roll', kind: 'steady', fullSeconds: 120, floorSeconds: 11, activeJobs: 0, clients },
    ],
    interactivePerSecond: 4,
  },
  steps: [
    { phase: 'before', atSeconds: 2, do: 'sql', sql: raiseLimit, variants: ['fixed', 'neighbours'] },
    {
      phase: 'roll',
      atSeconds: 0,
      do: 'roll',
      settings: release,
      variants: ['broken', 'fixed', 'neighbours'],
    },
  ],
  variants: [
    {
      name: 'broken',
      title: 'Rolled out at limit 50',
      expected: 'symptoms',
      diagnosis: { cause: 'role-limit', notCauses: ['pool-over-slots', 'app-pool', 'pooler-pool'] },
    },
    {
      name: 'fixed',
      title: 'Limit 300 first, then the roll',
      expected: 'pass',
      diagnosis: { cause: 'none', notCauses: ['role-limit'] },
      note: 'Option B of the seed. It costs a superuser’s statement and sessions of the shared cluster.',
    },
    {
      name: 'neighbours',
      title: 'Option B with neighbours',
      reference: shared,
      expected: 'symptoms',
      symptoms: [
        {
          id: 'no-slot',
          title: 'The database has no slot left, in its own words',
          tag: 'exact',
          observe: { kind: 'log', component: 'database', contains: noSlot, atLeast: 5 },
        },
        {
          id: 'requests-fail',
          title: 'Requests fail',
          tag: 'exact',
          observe: { ...failed, comparator: '>=', value: 1 },
        },
      ],
      diagnosis: { cause: 'foreign-slots', notCauses: ['role-limit', 'app-pool'] },
      note: 'Two other roles of the shared cluster hold 60 of its 120 sessions: what the role may open is not there.',
    },
    {
      name: 'neighbours-option-a',
      title: 'Option A with neighbours',
      reference: shared,
      expected: 'symptoms',
      symptoms: [
        { id: 'served', title: 'No request fails', tag: 'exact', observe: { ...failed, comparator: '=', value: 0 } },
        {
          id: 'over-80-percent',
          title: 'Yet the cluster is beyond 80 % of max_connections (96 of 120)',
          tag: 'exact',
          observe: { ...allSessions, statistic: 'max', comparator: '>=', value: 96 },
        },
      ],
      diagnosis: { cause: 'foreign-slots', notCauses: ['role-limit'] },
      note: 'Pools of 15 beside the same neighbours: it holds, and the alert goes off all the same.',
    },
  ],
  symptoms: [
    {
      id: 'refused-by-role',
      title: 'The database refuses sessions because of the role’s limit, in its own words',
      tag: 'exact',
      observe: { kind: 'log', component: 'database', contains: refusal, atLeast: 5 },
    },
    {
      id: 'said-by-service',
      title: 'The service’s log says the same',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: refusal, atLeast: 5 },
    },
    {
      id: 'at-the-limit',
      title: 'The role holds exactly its 50 sessions',
      tag: 'exact',
      observe: { ...sessions, statistic: 'max', comparator: '=', value: 50 },
    },
    {
      id: 'requests-fail',
      title: 'Requests fail',
      tag: 'exact',
      observe: { ...failed, comparator: '>=', value: 1 },
    },
  ],
  claims: [
    {
      text: 'ALTER ROLE … CONNECTION LIMIT 300, verified in pg_roles',
      seed: '002',
      variant: 'fixed',
      measure: {
        kind: 'sql',
        query: "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'app'",
        comparator: '=',
        value: 300,
      },
    },
    {
      text: '20 connections per pod fit once the limit is raised (3 × 20 = 60 sessions here, 10 × 20 in the seed)',
      seed: '002',
      variant: 'fixed',
      measure: { ...sessions, statistic: 'max', comparator: '=', value: 60 },
    },
    {
      text: 'Cluster connections stay below 80 % of max_connections (96 of 120)',
      seed: '002',
      variant: 'fixed',
      measure: { ...allSessions, statistic: 'max', comparator: '<', value: 96 },
    },
  ],
  keyCharts: ['sessions', 'errors'],
  criteria: [
    { id: 'goodput', value: 100 },
    { id: 'connection-timeouts' },
    { id: 'database-connections' },
    { id: 'pool-recovers' },
    { id: 'api-p95', notApplicable: 'a report takes 400 ms by itself, so that 48 clients need 48 connections' },
  ],
});
