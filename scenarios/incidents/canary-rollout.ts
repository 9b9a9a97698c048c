import type { SymptomDeclaration } from '../lib/declaration.ts';
import { defineScenario } from '../lib/define.ts';

export { client, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** Seven a replica: in the middle they use 2.6 connections of each, so that a pool of two is too small. */
const clients = { count: 21, holdMs: 60, restSeconds: 0.1 };

/** 24 h in the seed. */
const watch = { fullSeconds: 300, floorSeconds: 5 };
const settings = { appPoolMax: 15, warmConnections: 15 };
const before = { appPoolMax: 20, warmConnections: 15 };

const poolMax = { kind: 'series', series: 'db.client.connection.max' } as const;
const failed = { kind: 'series', series: 'http_reqs', labels: { outcome: 'error' }, statistic: 'sum' } as const;

const poolOf = (instance: string) => ({ ...poolMax, labels: { 'service.instance': instance } }) as const;

/** What becomes of a canary that breaks an alert bound, whatever is wrong with it. */
const caught: { [id: string]: Pick<SymptomDeclaration, 'title' | 'observe'> } = {
  undone: {
    title: 'The alert bounds catch the canary within the watch, and it is undone',
    observe: { kind: 'series', series: 'rollout.kept', statistic: 'max', comparator: '=', value: 0 },
  },
  'rolled-back': {
    title: 'At the end the canary has its 20 connections again',
    observe: { ...poolOf('0'), statistic: 'last', comparator: '=', value: 20 },
  },
  'replica-1': {
    title: 'Replica 1 never got it: its pool has 20 all through',
    observe: { ...poolOf('1'), statistic: 'min', phase: 'rollout', comparator: '=', value: 20 },
  },
  'replica-2': {
    title: 'Replica 2 never got it: its pool has 20 all through',
    observe: { ...poolOf('2'), statistic: 'min', phase: 'rollout', comparator: '=', value: 20 },
  },
};
const isCaught = Object.entries(caught).map(([id, one]): SymptomDeclaration => ({ id, tag: 'exact', ...one }));

/** The seed reads it from each pod's log: "HikariPool - Pool stats (total=15". */
const isSmaller = ['0', '1', '2'].map((instance): SymptomDeclaration => ({
  id: `pool-of-${instance}`,
  title: `Replica ${instance} ran with a pool of 15`,
  tag: 'exact',
  observe: { ...poolOf(instance), statistic: 'min', phase: 'rollout', comparator: '=', value: 15 },
}));

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'canary-rollout',
  group: 'incidents',
  title: 'A rollout, all at once or with a canary',
  purpose: 'A change of the pool’s size reaches all replicas at once, or one that is watched before the others.',
  seeds: ['002'],
  story: {
    happened:
      'All replicas were restarted at once to make their pools smaller. For some seconds no replica served, and ' +
      'requests failed.',
    cause:
      'All replicas are stopped and started together, so that none serves meanwhile. A bad setting would also reach ' +
      'all of them at once.',
    symptom: 'Requests fail with "no replica takes requests" (503) until the first replica serves again.',
    remedy:
      'Change one replica first (the canary) and watch it by the alert bounds. If it breaks one, undo it; else ' +
      'change the others one by one. Price: the rollout takes longer (the source watches for 24 h, a run here for 5 ' +
      's to 5 min), and two settings run side by side meanwhile.',
  },
  environment: {
    route: 'direct',
    replicas: 3,
    stack: { maxConnections: 120 },
    roles: { app: { connectionLimit: 90 } },
    service: { ...before, jobWorkers: 3, outboxListeners: 0, poolWaitingLimit: 0 },
  },
  load: {
    phases: [
      { name: 'before', kind: 'steady', fullSeconds: 60, floorSeconds: 3, activeJobs: 0, clients },
      { name: 'rollout', kind: 'steady', fullSeconds: 420, floorSeconds: 18, activeJobs: 0, clients },
    ],
    interactivePerSecond: 10,
  },
  steps: [
    { phase: 'rollout', atSeconds: 0, do: 'roll', settings, watch, variants: ['broken', 'fixed'] },
    {
      phase: 'rollout',
      atSeconds: 0,
      do: 'roll',
      settings: { appPoolMax: 2, warmConnections: 2 },
      watch,
      variants: ['bad-canary'],
    },
    { phase: 'rollout', atSeconds: 0, do: 'roll', settings: { slowQueryMs: 540 }, watch, variants: ['slow-canary'] },
    { phase: 'rollout', atSeconds: 0.5, do: 'roll', settings: before, variants: ['fixed'] },
  ],
  variants: [
    {
      name: 'broken',
      title: 'All at once',
      rollout: 'at-once',
      expected: 'symptoms',
      diagnosis: { cause: 'part-restarted', notCauses: ['app-pool', 'role-limit'] },
    },
    {
      name: 'fixed',
      title: 'A canary, then one by one',
      rollout: 'canary',
      expected: 'pass',
      diagnosis: { cause: 'none', notCauses: ['part-restarted'] },
      proofs: isSmaller,
      note: 'No request fails, neither on the way to 15 nor back to 20 under load.',
    },
    {
      name: 'bad-canary',
      title: 'A canary with a pool of 2',
      rollout: 'canary',
      expected: 'symptoms',
      symptoms: isCaught,
      diagnosis: { cause: 'app-pool', notCauses: ['role-limit', 'slow-statements', 'held-transactions'] },
      note: 'A third of the clients wait meanwhile; the others never get it.',
    },
    {
      name: 'slow-canary',
      title: 'A canary whose query is 10 times slower',
      rollout: 'canary',
      expected: 'symptoms',
      symptoms: isCaught,
      diagnosis: { cause: 'slow-statements', notCauses: ['role-limit', 'lock-queue'] },
      note: 'Caught by the latency of queries and requests, whatever the size of the pool.',
    },
  ],
  symptoms: [
    {
      id: 'requests-fail',
      title: 'At least ten requests fail',
      tag: 'shape',
      observe: { ...failed, comparator: '>=', value: 10 },
    },
    {
      id: 'nobody-serves',
      title: 'They fail because no replica serves (503)',
      tag: 'exact',
      observe: {
        kind: 'series',
        series: 'http_reqs',
        labels: { status: '503' },
        statistic: 'sum',
        comparator: '>=',
        value: 10,
      },
    },
  ],
  claims: [
    {
      text: 'A rolling restart fails no request',
      seed: '002',
      variant: 'fixed',
      measure: { ...failed, comparator: '=', value: 0 },
    },
  ],
  keyCharts: ['app-pool', 'errors'],
  criteria: [
    { id: 'goodput', value: 100 },
    { id: 'connection-timeouts' },
    { id: 'pool-recovers' },
    { id: 'proofs' },
    { id: 'api-p95', notApplicable: 'a report takes 60 ms by itself, and replicas that start are slow at first' },
  ],
});
