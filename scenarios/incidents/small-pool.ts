import { defineScenario } from '../lib/define.ts';

export { noteWriter as activeJob } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * A request is a write of four answers of the database (BEGIN, the note, its key, COMMIT) over a link of 37.5 ms, so it
 * holds its connection for 150 ms. Each user of the load is one request at a time: 10, 50, 100, 500 at once.
 */
const theSeedsService = {
  connectionTimeoutMillis: 5000,
  poolWaitingLimit: 0,
  jobWorkers: 1,
  outboxListeners: 1,
  drainMs: 0,
};
const recommended = { appPoolMax: 50, warmConnections: 10, idleTimeoutMillis: 600000, maxLifetimeSeconds: 1800 };

const requests = (phase: string) => ({ series: 'http_reqs', labels: { phase, kind: 'job' } });
/** Requests answered well, of all that were sent in a phase. */
const served = (phase: string) => {
  const { series, labels } = requests(phase);
  return { kind: 'share', series, labels: { ...labels, outcome: 'ok' }, of: requests(phase) } as const;
};
const p95 = (phase: string) =>
  ({ kind: 'quantile', series: 'http_req_duration', labels: { phase, kind: 'job' }, share: 0.95 }) as const;
const timeouts = { kind: 'series', series: 'db.client.connection.timeouts', statistic: 'sum' } as const;
const phase = (name: string, users: number, floorSeconds: number) => ({
  name,
  kind: 'steady' as const,
  fullSeconds: 150,
  floorSeconds,
  activeJobs: users,
});

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'small-pool',
  group: 'incidents',
  title: 'App pool too small for its requests',
  purpose: 'What 10, 50, 100 and 500 requests at once get of a pool of 10, and of one of 50.',
  seeds: ['003'],
  story: {
    happened:
      'The app pool had kept its default of ten connections. Ten requests at once were served as they should be, ' +
      'fifty were slow, and of five hundred at once a third failed.',
    cause:
      'Each request holds a connection for 150 ms, so that ten connections serve at most 66 requests a second. All ' +
      'others wait: requests at once ÷ connections × 150 ms (Little’s law).',
    symptom:
      'With 100 requests at once p95 is above a second. With 500 at once the wait would be 7.5 s, and whoever has ' +
      'waited 5 s fails with "timeout exceeded when trying to connect".',
    remedy:
      'A pool of 50, of which 10 are opened in advance, serves five times as many: 500 at once then wait as long as ' +
      '100 did before. Price: up to 40 more sessions of the database and their memory, and the same limit returns ' +
      'at five times the load. A shorter hold raises it without any more sessions.',
  },
  environment: {
    route: 'direct',
    replicas: 1,
    stack: { linkMs: 37.5, maxConnections: 130 },
    roles: { app: { connectionLimit: 110 } },
    service: theSeedsService,
  },
  load: {
    phases: [phase('ten', 10, 4), phase('fifty', 50, 4), phase('hundred', 100, 5), phase('five-hundred', 500, 9)],
    interactivePerSecond: 0,
    users: 'notes',
  },
  variants: [
    {
      name: 'broken',
      title: 'Pool of 10',
      service: { appPoolMax: 10, warmConnections: 10 },
      expected: 'symptoms',
      diagnosis: {
        cause: 'app-pool',
        notCauses: ['held-transactions', 'pool-over-slots', 'database-cpu', 'connection-leak'],
      },
    },
    {
      name: 'fixed',
      title: 'Pool of 50, 10 warm',
      service: recommended,
      expected: 'pass',
      diagnosis: { cause: 'app-pool', notCauses: ['held-transactions', 'pool-over-slots', 'connection-leak'] },
      note: 'Everybody is served; at 500 requests at once they still wait 1.5 s, since the pool is still what limits.',
    },
    {
      name: 'rotation',
      title: 'Pool of 50, renewed every 5 s',
      service: { ...recommended, maxLifetimeSeconds: 5 },
      expected: 'pass',
      diagnosis: { cause: 'app-pool', notCauses: ['login-storm', 'connection-leak'] },
      note: 'The 30 minutes of the seed, scaled: sessions are renewed under load, and no request fails for it.',
      proofs: [
        {
          id: 'renewed',
          title: 'More sessions were opened than the pool has',
          tag: 'shape',
          observe: {
            kind: 'series',
            series: 'postgres.sessions.opened',
            statistic: 'delta',
            comparator: '>=',
            value: 60,
          },
        },
      ],
    },
    {
      name: 'env',
      title: 'By the environment (50)',
      service: { poolSizeFrom: 'environment' },
      expected: 'pass',
      diagnosis: { cause: 'app-pool', notCauses: ['held-transactions', 'pool-over-slots', 'connection-leak'] },
      note: 'Option 2 of the seed with none of its five variables set: max 50, a fifth of it warm.',
    },
    {
      name: 'cores',
      title: 'Four connections a core (20 to 100)',
      service: { poolSizeFrom: 'cores' },
      expected: 'symptoms',
      diagnosis: { cause: 'app-pool', notCauses: ['held-transactions', 'pool-over-slots', 'connection-leak'] },
      note:
        'Option 3 of the seed: on a few cores it is 20, whatever the requests hold; the cores of the service say ' +
        'nothing of it.',
      symptoms: [
        {
          id: 'slow',
          title: 'At 500 requests at once p95 is above 2.5 s',
          tag: 'shape',
          observe: { ...p95('five-hundred'), comparator: '>=', value: 2500 },
        },
      ],
    },
  ],
  symptoms: [
    {
      id: 'slow-at-100',
      title: '100 requests at once: p95 above a second',
      tag: 'shape',
      observe: { ...p95('hundred'), comparator: '>=', value: 1000 },
    },
    {
      id: 'fails-at-500',
      title: '500 requests at once: some are not served',
      tag: 'shape',
      observe: { ...served('five-hundred'), comparator: '<', value: 0.95 },
    },
    {
      id: 'times-out',
      title: 'Acquisitions time out after 5 s',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: 'timeout exceeded when trying to connect', atLeast: 20 },
    },
  ],
  proofs: [
    {
      id: 'serves-500',
      title: '500 requests at once: all are served',
      tag: 'exact',
      observe: { ...served('five-hundred'), comparator: '=', value: 1 },
    },
  ],
  claims: [
    {
      text: '10 requests on 10 connections: OK (p95 below 200 ms)',
      seed: '003',
      variant: 'broken',
      measure: { ...p95('ten'), comparator: '<', value: 200 },
    },
    {
      text: '50 requests on 10 connections: slow (all served, p95 above 200 ms)',
      seed: '003',
      variant: 'broken',
      measure: { ...p95('fifty'), comparator: '>=', value: 200 },
    },
    {
      text: '100 requests on 10 connections: connection exhaustion (some are not served)',
      seed: '003',
      variant: 'broken',
      measure: { ...served('hundred'), comparator: '<', value: 1 },
      refuted:
        '100 ÷ 10 × 150 ms are 1.5 s of wait, and an acquisition may wait for 5 s: slow, and everybody is served.',
    },
    {
      text: '500 requests on 10 connections: complete failure (less than half are served)',
      seed: '003',
      variant: 'broken',
      measure: { ...served('five-hundred'), comparator: '<', value: 0.5 },
      refuted: 'Ten connections go on serving 66 requests a second; only what comes beyond them fails.',
    },
    {
      text: 'Handle 500+ concurrent requests smoothly (p95 below 200 ms)',
      seed: '003',
      variant: 'fixed',
      measure: { ...p95('five-hundred'), comparator: '<', value: 200 },
      refuted: '500 ÷ 50 × 150 ms are 1.5 s: served, and as slow as 100 requests on ten connections.',
    },
    {
      text: '10x concurrent request capacity (p95 of 500 on 50 as that of 50 on 10, 0.75 s)',
      seed: '003',
      variant: 'fixed',
      measure: { ...p95('five-hundred'), comparator: '<=', value: 750 },
      refuted: 'Five times the connections serve five times the requests.',
    },
    {
      text: '50 connections: 500 MB (~10 MB a connection)',
      seed: '003',
      variant: 'fixed',
      measure: {
        kind: 'series',
        series: 'process.memory_bytes',
        labels: { component: 'database' },
        statistic: 'max',
        comparator: '>=',
        value: 500_000_000,
      },
      refuted: 'That is the whole database with all its sessions; what they share is counted once (PSS).',
    },
    {
      text: 'No acquisition times out at 500',
      seed: '003',
      variant: 'fixed',
      measure: { ...timeouts, comparator: '=', value: 0 },
    },
    {
      text: 'max_connections = requests × time ÷ timeout = (100 × 0.05) ÷ 0.1 = 50, and 200 with a margin of 4',
      seed: '003',
    },
  ],
  keyCharts: ['pool-wait', 'app-pool'],
  criteria: [{ id: 'connection-timeouts', value: 0 }, { id: 'pool-recovers' }, { id: 'proofs' }],
});
