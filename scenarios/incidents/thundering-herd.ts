import { defineScenario } from '../lib/define.ts';
import {
  broken,
  early,
  loginTimeout,
  loginTimeoutClaims,
  phantomsRefuted,
  poolCount,
  poolWaiting,
  timesOut,
} from '../lib/slow-logins.ts';

export { interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * 21 workers that each register and look at their work at once: 10 queue, 9 outbox listeners, schedule manager,
 * cleanup. They ask for 42 connections of an app pool of 30. Each login takes three answers of the database, 550 ms
 * apart, so it ends after 1.7 s; the first query holds the connection until 2.2 s; the twelve that wait have given up
 * at 2.0 s.
 */
const theSeedsService = {
  appPoolMax: 30,
  jobWorkers: 10,
  outboxListeners: 9,
  workerStart: 'together',
  workerRetryMs: 2000,
  outboxPollMs: 10000,
  listenConnections: 'shared',
  poolWaitingLimit: 0,
};
const fixed = { connectionTimeoutMillis: 10000, warmConnections: 15 };

/** 25 queue workers and two managers beside 33 listeners that each keep a connection: 60 workers, over 30 LISTEN. */
const grown = { jobWorkers: 25, outboxListeners: 33, listenConnections: 'per-listener' };

const herd = { expected: 'symptoms', diagnosis: { cause: 'login-storm', notCauses: ['pooler-pool'] } } as const;
const healthy = { expected: 'pass', diagnosis: { cause: 'none' } } as const;

const sessions = { series: 'postgres.sessions', labels: { role: 'app' } };
/** What the pool counts as its own, less the sessions of its role that the database has past authentication. */
const poolOwnCount = { ...poolCount, minus: sessions } as const;
const noTimeouts = {
  kind: 'series',
  series: 'db.client.connection.timeouts',
  statistic: 'sum',
  comparator: '=',
  value: 0,
} as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'thundering-herd',
  group: 'incidents',
  title: 'Thundering herd at start-up',
  purpose: 'All workers ask an empty app pool for connections at the same instant, while logins are slow.',
  seeds: ['004'],
  story: {
    happened:
      'The service was started, and within seconds all workers that were not among the first failed with "timeout ' +
      'exceeded when trying to connect". Nothing was wrong with the database.',
    cause:
      '21 workers ask for 42 connections at one instant. The app pool may hold 30 (LISTEN has one more beside it) ' +
      'and is empty, a login over this link takes 1.7 s, and an acquisition waits for 2 s at most.',
    symptom:
      'The pool counts 30 total, 0 idle, 12 waiting, while the database has hardly a session past its login. These ' +
      'twelve time out; a request that comes meanwhile may, too.',
    remedy:
      'Open 15 connections before the workers start and let an acquisition wait 10 s. Price: what is truly down is ' +
      'noticed five times later, and with more workers it fails again (`outgrown`). Better, start the workers a few ' +
      'at a time (`staggered`). Price: the start takes longer.',
  },
  environment: {
    route: 'direct',
    replicas: 1,
    stack: { databaseLinkLatencyMs: 550, maxConnections: 130 },
    roles: { app: { connectionLimit: 110 } },
    service: theSeedsService,
  },
  load: {
    phases: [{ name: 'start-up', kind: 'steady', fullSeconds: 60, floorSeconds: 7, activeJobs: 0 }],
    interactivePerSecond: 2,
  },
  variants: [
    { name: 'broken', title: 'Empty pool, 2 s', service: broken, ...herd },
    {
      name: 'fixed',
      title: '15 warmed, 10 s',
      service: fixed,
      ...healthy,
      note: 'The stop-gap of the seed: it holds until the number of workers grows.',
    },
    {
      name: 'staggered',
      title: 'A few at a time',
      service: { ...broken, workerStart: 'staggered', workerStartConcurrency: 4 },
      ...healthy,
      note:
        'The proper fix: no longer timeout and nothing warmed, four workers at a time with jitter. It costs ' +
        'start-up time.',
    },
    {
      name: 'outgrown',
      title: 'The fix, 60 workers',
      service: fixed,
      expected: 'symptoms',
      diagnosis: { cause: 'app-pool', notCauses: ['login-storm'] },
      reference: { service: grown },
      note:
        'The fix as it is, three times the workers: 33 listeners keep a connection each, and the pool of 30 is ' +
        'gone for good.',
      symptoms: [
        {
          id: 'acquisitions-time-out',
          title: 'Acquisitions time out again, after 10 s',
          tag: 'exact',
          observe: { ...timesOut, atLeast: 12 },
        },
        {
          id: 'pool-held',
          title: 'All 30 connections are held, for good',
          tag: 'exact',
          observe: {
            kind: 'series',
            series: 'db.client.connection.count',
            labels: { state: 'used' },
            statistic: 'min',
            fromSeconds: 9,
            withinSeconds: 13,
            comparator: '=',
            value: 30,
          },
        },
      ],
    },
    loginTimeout,
    {
      name: 'pooler-broken',
      title: 'Empty pool, 2 s, through PgBouncer',
      service: broken,
      ...herd,
      reference: { route: 'pooler' },
      note: 'The same start behind a cold pooler, whose logins go one after another.',
    },
    {
      name: 'pooler-fixed',
      title: '15 warmed, 10 s, through PgBouncer',
      service: fixed,
      expected: 'symptoms',
      diagnosis: { cause: 'cold-start', notCauses: ['app-pool', 'pooler-pool'] },
      reference: { route: 'pooler' },
      note:
        'No acquisition times out any more, but warming the app pool does not warm the pooler: for seconds nothing ' +
        'is served. Here the pooler needs min_pool_size, or a start a few at a time.',
      symptoms: [
        { id: 'no-timeouts', title: 'No acquisition times out', tag: 'exact', observe: noTimeouts },
        {
          id: 'one-by-one',
          title: 'The pooler logs in one session after another: at most six after 8 s',
          tag: 'shape',
          observe: { kind: 'series', ...sessions, statistic: 'max', withinSeconds: 8, comparator: '<=', value: 6 },
        },
        {
          id: 'nothing-served',
          title: 'Nothing is served for the first 4 s',
          tag: 'shape',
          observe: {
            kind: 'series',
            series: 'http_reqs',
            labels: { outcome: 'ok' },
            statistic: 'sum',
            phase: 'start-up',
            withinSeconds: 4,
            comparator: '=',
            value: 0,
          },
        },
      ],
    },
  ],
  symptoms: [
    {
      id: 'acquisitions-time-out',
      title: "Twelve acquisitions time out within seconds, in node-pg's words",
      tag: 'exact',
      observe: { ...timesOut, atLeast: 12, withinSeconds: 10 },
    },
    early,
    {
      id: 'waiting',
      title: 'Twelve acquisitions wait at once',
      tag: 'shape',
      observe: { ...poolWaiting, statistic: 'max', comparator: '>=', value: 12, withinSeconds: 10 },
    },
    {
      id: 'pool-beside-database',
      title: 'The pool counts at least 28 connections more than the database has past authentication',
      tag: 'shape',
      observe: { ...poolOwnCount, statistic: 'max', comparator: '>=', value: 28 },
    },
  ],
  claims: [
    {
      text: 'All workers fail within 1 second of the start (with a timeout of 2 s)',
      seed: '004',
      variant: 'broken',
      measure: { ...timesOut, atLeast: 12, withinSeconds: 1 },
      refuted:
        'Whoever waits is given 2 s, so the first failure comes 2.0 s after the start; all twelve follow within ' +
        'a moment.',
    },
    {
      text: 'Pool thinks it has 30 but database has 2',
      seed: '004',
      variant: 'broken',
      measure: { ...poolOwnCount, statistic: 'max', comparator: '>=', value: 28 },
    },
    {
      text:
        "Why: connections time out, but their Client objects remain in the pool's array as phantoms (so from 4 s " +
        'into the load to its end the pool counts 28 more than the database has)',
      seed: '004',
      variant: 'broken',
      measure: { ...poolOwnCount, statistic: 'min', phase: 'start-up', fromSeconds: 4, comparator: '>=', value: 28 },
      refuted: phantomsRefuted,
    },
    ...loginTimeoutClaims,
    {
      text: 'Fixed: pool shows 15 connections immediately',
      seed: '004',
      variant: 'fixed',
      measure: { ...poolCount, statistic: 'first', comparator: '>=', value: 15 },
    },
    {
      text: 'Fixed: server starts cleanly with no timeout errors',
      seed: '004',
      variant: 'fixed',
      measure: noTimeouts,
    },
  ],
  keyCharts: ['counts'],
  criteria: [
    { id: 'connection-timeouts', value: 0 },
    { id: 'pool-recovers' },
    { id: 'api-p95', notApplicable: 'the link to the database has a stated latency of 550 ms an answer' },
  ],
});
