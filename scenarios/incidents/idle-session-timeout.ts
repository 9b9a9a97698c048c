import { defineScenario } from '../lib/define.ts';

export { interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** 60 s in the seed; all times of this incident are a twelfth of what they are there. */
const timeoutSeconds = 5;
/** Shorter than what ends connections from the other side, so that the pool ends them first. */
const poolFirst = { idleTimeoutMillis: 2500 };
const unhandled = { noPoolErrorHandler: true };

const words = 'terminating connection due to idle-session timeout';
const thrownOut = { kind: 'series', series: 'postgres.log_errors', labels: { family: 'idle-timeout' } } as const;
const failed = { kind: 'series', series: 'http_reqs', labels: { outcome: 'error' }, statistic: 'sum' } as const;

const exits = { kind: 'series', series: 'service.exits', statistic: 'max', comparator: '>=', value: 2 } as const;
const replicasDie = 'Replicas end because of it, at least twice in all';

const behindPooler = (clientIdleTimeoutSeconds: number, serverIdleTimeoutSeconds: number) =>
  ({ route: 'pooler', pooler: { clientIdleTimeoutSeconds, serverIdleTimeoutSeconds } }) as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'idle-session-timeout',
  group: 'incidents',
  title: 'Idle sessions are thrown out',
  purpose: 'The database ends sessions that were idle for a minute, and the service does not expect it.',
  seeds: ['004'],
  story: {
    happened:
      'The service’s processes ended by themselves whenever there was little to do. Each was started again, and ' +
      'ended again as soon as its connections had been idle long enough.',
    cause:
      'The database ends sessions that are idle for 60 s (`idle_session_timeout`; 5 s here), and the app pool keeps ' +
      'idle connections longer. node-pg tells of the loss by the pool’s event `error`. Nobody listens to it, so the ' +
      'error is uncaught and ends the process.',
    symptom:
      'The database logs "FATAL: terminating connection due to idle-session timeout" (57P05), a replica logs the ' +
      'same before it ends, and requests fail while no replica serves.',
    remedy:
      'Listen to the pool’s event `error`: the pool then drops the lost connection and opens another when one is ' +
      'needed. Better, let the pool close idle connections before the database does (`idleTimeoutMillis`). Price of ' +
      'both: the first request after a quiet time waits for a login.',
  },
  environment: {
    route: 'direct',
    replicas: 2,
    stack: { postgres: { idle_session_timeout: `${timeoutSeconds}s` } },
    // No LISTEN connection: it is idle by nature, and is thrown out whatever the pool does.
    service: { warmConnections: 10, idleTimeoutMillis: 30000, jobWorkers: 4, outboxListeners: 0 },
  },
  load: {
    phases: [{ name: 'quiet', kind: 'steady', fullSeconds: 180, floorSeconds: 13, activeJobs: 0 }],
    interactivePerSecond: 10,
  },
  variants: [
    {
      name: 'broken',
      title: 'Nobody listens',
      service: unhandled,
      expected: 'symptoms',
      diagnosis: { cause: 'idle-timeout', notCauses: ['part-restarted', 'connection-leak', 'app-pool'] },
    },
    {
      name: 'fixed',
      title: 'Handled and replaced',
      expected: 'pass',
      diagnosis: { cause: 'none', notCauses: ['part-restarted'] },
      note: 'Sessions are still thrown out, and the first request after a quiet minute pays for a login.',
    },
    {
      name: 'pool-first',
      title: 'The pool gives up first',
      service: { ...unhandled, ...poolFirst },
      expected: 'pass',
      diagnosis: { cause: 'none', notCauses: ['idle-timeout', 'part-restarted'] },
      note: 'idleTimeoutMillis is 2.5 s, below the 5 s: nothing is thrown out, and the missing listener does no harm.',
    },
    {
      name: 'client-idle',
      title: 'client_idle_timeout of the pooler',
      service: unhandled,
      reference: behindPooler(timeoutSeconds, 2),
      expected: 'symptoms',
      symptoms: [
        {
          id: 'pooler-says-so',
          title: 'The pooler ends idle clients, in its own words',
          tag: 'exact',
          observe: { kind: 'log', component: 'pooler', contains: 'client_idle_timeout', atLeast: 2 },
        },
        { id: 'dies', title: replicasDie, tag: 'exact', observe: exits },
      ],
      diagnosis: { cause: 'idle-timeout', notCauses: ['part-restarted', 'pooler-pool'] },
      note: 'The same from one layer up: the pooler ends its clients, not the database its sessions.',
    },
    {
      name: 'client-idle-avoided',
      title: 'client_idle_timeout, the pool first',
      service: { ...unhandled, ...poolFirst },
      reference: behindPooler(timeoutSeconds, 2),
      expected: 'pass',
      diagnosis: { cause: 'none', notCauses: ['idle-timeout'] },
      note: 'The app pool’s idleTimeoutMillis below client_idle_timeout.',
    },
    {
      name: 'server-idle',
      title: 'server_idle_timeout too long',
      reference: behindPooler(0, 600),
      expected: 'symptoms',
      symptoms: [
        {
          id: 'thrown-out',
          title: 'The database throws out the pooler’s idle sessions',
          tag: 'exact',
          observe: { kind: 'log', component: 'database', contains: words, atLeast: 2 },
        },
      ],
      diagnosis: { cause: 'idle-timeout', notCauses: ['part-restarted', 'pooler-pool'] },
      note: 'PgBouncer’s default of 600 s is longer than the database’s patience: its warm sessions are lost.',
    },
    {
      name: 'server-idle-avoided',
      title: 'server_idle_timeout shorter',
      reference: behindPooler(0, 2),
      expected: 'pass',
      diagnosis: { cause: 'none', notCauses: ['idle-timeout'] },
      note: 'The pooler gives its idle sessions back before the database takes them.',
    },
  ],
  symptoms: [
    {
      id: 'thrown-out',
      title: 'The database throws out idle sessions, in its own words',
      tag: 'exact',
      observe: { kind: 'log', component: 'database', contains: words, atLeast: 2 },
    },
    {
      id: 'last-words',
      title: 'A replica logs the same words before it ends',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: `uncaught: ${words}`, atLeast: 2 },
    },
    { id: 'dies', title: replicasDie, tag: 'exact', observe: exits },
    {
      id: 'requests-fail',
      title: 'Requests fail while replicas start again',
      tag: 'exact',
      observe: { ...failed, comparator: '>=', value: 1 },
    },
  ],
  claims: [
    {
      text: 'Handles idle-session timeout (60s) gracefully: no request fails',
      seed: '004',
      variant: 'fixed',
      measure: { ...failed, comparator: '=', value: 0 },
    },
    {
      text: 'No crashes or unhandled errors',
      seed: '004',
      variant: 'fixed',
      measure: { kind: 'series', series: 'service.exits', statistic: 'max', comparator: '=', value: 0 },
    },
    {
      text: 'Sessions that the database throws out once the pool gives up first',
      seed: '004',
      variant: 'pool-first',
      measure: { ...thrownOut, statistic: 'sum', comparator: '=', value: 0 },
    },
  ],
  keyCharts: ['sessions', 'errors'],
  criteria: [
    { id: 'goodput', value: 100 },
    { id: 'replica-deaths' },
    { id: 'connection-timeouts' },
    { id: 'pool-recovers' },
    { id: 'api-p95' },
  ],
});
