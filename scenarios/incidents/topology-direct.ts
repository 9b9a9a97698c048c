import type { SymptomDeclaration } from '../lib/declaration.ts';
import { defineScenario } from '../lib/define.ts';

export { interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** A replica opens its whole pool when it starts, as a pod does whose pool has been in use for a while. */
const pool = (size: number) => ({ appPoolMax: size, warmConnections: size }) as const;
const role = (connectionLimit: number) => ({ app: { connectionLimit } }) as const;

/** A user asks 0.04 times a second (ours). */
const users = (count: number) => ({ replicas: 3, load: { interactivePerSecond: count * 0.04 } }) as const;

const sessions = { kind: 'series', series: 'postgres.sessions', labels: { role: 'app' } } as const;
const allSessions = { kind: 'series', series: 'postgres.sessions' } as const;
const refused = { kind: 'series', series: 'http_reqs', labels: { outcome: 'error' }, statistic: 'sum' } as const;

const log = (component: 'service' | 'database', contains: string) => ({ kind: 'log', component, contains }) as const;
const exactly = (id: string, title: string, observe: SymptomDeclaration['observe']): SymptomDeclaration => ({
  id,
  title,
  tag: 'exact',
  observe,
});

const noSlot = 'remaining connection slots are reserved';
const overSlots = [
  exactly(
    'pools-not-filled',
    'At least one replica cannot fill its pool',
    // In whichever words: who comes while all 200 slots are taken is told "sorry, too many clients already".
    log('service', 'Connection pool not pre-warmed: '),
  ),
  exactly('no-slot', 'The database refuses sessions for want of a slot, in its own words', log('database', noSlot)),
];

const noneOfRole = 'too many connections for role "app"';
const overRole = [
  exactly(
    'pools-not-filled',
    'At least one replica cannot fill its pool',
    log('service', `Connection pool not pre-warmed: ${noneOfRole}`),
  ),
  exactly('role-limit', 'The database refuses sessions for the role’s limit', {
    ...log('database', noneOfRole),
    atLeast: 5,
  }),
];

const overEighty = [
  exactly('over-80-percent', 'All pools are filled, with more than 80 % of max_connections (160 of 200)', {
    ...allSessions,
    statistic: 'max',
    comparator: '>=',
    value: 160,
  }),
  exactly('served', 'No request fails', { ...refused, comparator: '=', value: 0 }),
];

const tooMany = {
  expected: 'symptoms',
  diagnosis: { cause: 'pool-over-slots', notCauses: ['role-limit', 'app-pool', 'foreign-slots'] },
} as const;
const well = { expected: 'pass', diagnosis: { cause: 'none', notCauses: ['pool-over-slots', 'role-limit'] } } as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'topology-direct',
  group: 'incidents',
  title: 'Ten replicas, twenty connections each',
  purpose: 'Pools that fit three pods are multiplied by ten, straight on a database of 200 connections.',
  seeds: ['002'],
  story: {
    happened:
      'For more users the service was scaled from three pods to ten. The last pods could not fill their pools, ' +
      'although all pools together, 200, are just what `max_connections` says.',
    cause:
      '10 pods × 20 connections are 200. Of the database’s 200 slots 3 are reserved for superusers, and whoever ' +
      'watches the database needs some, too.',
    symptom:
      'FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute (53300) while the last ' +
      'pools fill.',
    remedy:
      'Option A of the source: smaller pools, 10 × 15 = 150, below the alert at 80 % of `max_connections` (160). ' +
      'Price: less room for a pod that is busier than the others. Option B: keep 20 and raise both ' +
      '`max_connections` and the role’s limit. Price: a restart of a cluster that others share, and memory.',
  },
  environment: {
    route: 'direct',
    replicas: 10,
    stack: { maxConnections: 200 },
    // 002 says 50 in part 1 and 200 in option A; at 50 even three pods fail (variant role-50).
    roles: role(200),
    // Light replicas and few requests: ten of them share two cores. Sessions are the subject, throughput is not.
    service: { ...pool(20), idleTimeoutMillis: 0, jobWorkers: 10, outboxListeners: 0 },
  },
  load: {
    phases: [
      { name: 'start', kind: 'warmup', fullSeconds: 30, floorSeconds: 2, activeJobs: 0 },
      { name: 'steady', kind: 'steady', fullSeconds: 120, floorSeconds: 6, activeJobs: 0 },
    ],
    interactivePerSecond: 20,
  },
  variants: [
    { name: 'broken', title: '10 × 20 on 200', ...tooMany },
    {
      name: 'fixed',
      title: 'Option A: 10 × 15',
      service: pool(15),
      ...well,
      note: 'Configuration alone, and the smallest pools: less room for a replica that is busier than the others.',
    },
    { name: 'mvp', title: 'MVP: 3 × 20', reference: { replicas: 3 }, ...well, note: '250 users in the seed.' },
    {
      name: 'users-1000',
      title: 'MVP with 1,000 users',
      reference: users(1000),
      ...well,
      note: 'The seed’s table asks for option A or B here, its flowchart for phase 2: by requests, three pods do.',
    },
    {
      name: 'users-5000',
      title: 'MVP with 5,000 users',
      reference: users(5000),
      ...well,
      note: 'The seed asks for Kafka here. Users need connections while they ask, not while they are there.',
    },
    {
      name: 'phase-1-five',
      title: 'Phase 1: 5 × 20',
      reference: { replicas: 5 },
      ...well,
      note: 'The seed’s table has 100 to 120 of 200 as safe.',
    },
    {
      name: 'phase-1-six',
      title: 'Phase 1: 6 × 20',
      reference: { replicas: 6 },
      ...well,
      note: 'The upper end of the same row.',
    },
    {
      name: 'option-a-18',
      title: 'Option A: 10 × 18',
      service: pool(18),
      expected: 'symptoms',
      symptoms: overEighty,
      diagnosis: { cause: 'pool-over-slots', notCauses: ['role-limit', 'app-pool'] },
      note: 'The seed’s table has it as safe; its own alert (80 % of the cluster) goes off.',
    },
    {
      name: 'option-b',
      title: 'Option B: role limit 300, 10 × 20',
      roles: role(300),
      symptoms: overSlots,
      ...tooMany,
      note: 'A limit of the role above max_connections limits nothing: it fails as before.',
    },
    {
      name: 'option-b-330',
      title: 'Option B on max_connections 330',
      roles: role(300),
      reference: { stack: { maxConnections: 330 } },
      ...well,
      note: 'The seed’s "Cluster Limit 300+": a change of the shared cluster, and a restart of it.',
    },
    {
      name: 'role-50',
      title: 'MVP at the documented role limit of 50',
      roles: role(50),
      reference: { replicas: 3 },
      expected: 'symptoms',
      symptoms: overRole,
      diagnosis: { cause: 'role-limit', notCauses: ['pool-over-slots', 'app-pool'] },
      note: 'Part 1 of the seed: 3 × 20 = 60 sessions on a role of 50. It runs only while the pools are not filled.',
    },
    {
      name: 'rollout-doubles',
      title: 'Option A during a rollout that starts the new ones first',
      service: pool(15),
      reference: { replicas: 20 },
      symptoms: overSlots,
      ...tooMany,
      note: 'As many as there are while ten old pods wait for ten new ones: 20 × 15 = 300. Stop one, then start one.',
    },
  ],
  symptoms: overSlots,
  claims: [
    {
      text: 'MVP: current usage 60 + overhead = ~70 connections',
      seed: '002',
      variant: 'mvp',
      measure: { ...allSessions, statistic: 'max', comparator: '<=', value: 70 },
    },
    {
      text: 'MVP: headroom of 150 of the 200 connections, by the picture in part 1 (so at most 50 in use)',
      seed: '002',
      variant: 'mvp',
      measure: { ...allSessions, statistic: 'max', comparator: '<=', value: 50 },
      refuted: 'The picture counts the role’s limit of 50 as what is used; 3 × 20 are 60, as its own sum below says.',
    },
    {
      text: 'Option A: 150 connections, 75 % of the limit of 200',
      seed: '002',
      variant: 'fixed',
      measure: { ...sessions, statistic: 'max', comparator: '=', value: 150 },
    },
    {
      text: 'Option A needs 25 % fewer connections than 10 × 20 (150 of 200)',
      seed: '002',
      variant: 'fixed',
      measure: { ...sessions, statistic: 'max', comparator: '<=', value: 150 },
    },
    {
      text: 'Option B: 200 connections, 67 % of the limit of 300',
      seed: '002',
      variant: 'option-b-330',
      measure: { ...sessions, statistic: 'max', comparator: '=', value: 200 },
    },
    {
      text: 'Three pods idle at 30 to 60 connections',
      seed: '002',
      variant: 'mvp',
      measure: { ...sessions, statistic: 'max', comparator: '<=', value: 60 },
    },
    {
      text: 'Option A: a request waits for its connection for at most 10 ms (p95)',
      seed: '002',
      variant: 'fixed',
      measure: {
        kind: 'quantile',
        series: 'db.client.connection.wait_time',
        share: 0.95,
        phase: 'steady',
        comparator: '<=',
        value: 0.01,
      },
    },
  ],
  keyCharts: ['sessions', 'app-pool'],
  criteria: [
    { id: 'goodput', value: 100 },
    { id: 'connection-timeouts' },
    { id: 'database-connections' },
    { id: 'pool-utilisation' },
    { id: 'pool-recovers' },
    { id: 'api-p95' },
  ],
});
