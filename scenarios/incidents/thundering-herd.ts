import { defineScenario } from '../lib/define.ts';

export { interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

const acquisitionTimeout = 'timeout exceeded when trying to connect';
const startWindowSeconds = 12;

/**
 * 21 workers that each register and look at their work at once: 10 queue, 9 outbox listeners, schedule manager, cleanup.
 * They ask for 42 connections of an app pool of 30. Each login takes three answers of the database, 550 ms apart, so it
 * ends after 1.7 s; the first query holds the connection until 2.2 s; the twelve that wait have given up at 2.0 s.
 */
const theSeedsService = {
  appPoolMax: 30, jobWorkers: 10, outboxListeners: 9, workerStart: 'together', workerRetryMs: 2000, listenConnections: 'shared', poolWaitingLimit: 0, poolLogSeconds: 12,
};

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'thundering-herd',
  group: 'incidents',
  title: 'Thundering herd at start-up',
  purpose: 'All workers ask an empty app pool for connections at the same instant, while logins are slow.',
  seeds: ['004'],
  story: {
    happened: 'The service started, and within seconds every worker that came too late failed with "timeout exceeded when trying to connect". Nothing was wrong with the database.',
    cause: '21 workers asked for 42 connections at one instant; the app pool may hold 30 and was empty, each login over the link took 1.7 s, and whoever waited was given 2 s.',
    symptom: 'The pool counts 30 total, 0 idle, 12 waiting while the database has seen hardly a session past its login; twelve acquisitions time out; the workers behind them do not start.',
    remedy: 'Open connections before the workers start and give acquisitions longer than a login and a query take (10 s). That moves the edge; starting the workers a few at a time removes it.',
  },
  environment: { route: 'direct', replicas: 1, stack: { databaseLinkLatencyMs: 550, maxConnections: 130, roleConnectionLimit: 110 }, target: theSeedsService },
  load: {
    phases: [{ name: 'start-up', kind: 'steady', fullSeconds: 60, floorSeconds: startWindowSeconds, activeJobs: 0 }],
    interactivePerSecond: 2,
  },
  variants: [
    { name: 'broken', title: 'Empty pool, 2 s', settings: { connectionTimeoutMillis: 2000, warmConnections: 0 }, expected: 'symptoms' },
    { name: 'fixed', title: '15 warmed, 10 s', settings: { connectionTimeoutMillis: 10000, warmConnections: 15 }, expected: 'pass', note: 'The stop-gap of the seed: it holds until the number of workers grows.' },
  ],
  symptoms: [
    { id: 'acquisitions-time-out', title: 'Acquisitions time out, in node-pg\'s words', tag: 'exact', observe: { kind: 'log', component: 'service', contains: acquisitionTimeout, atLeast: 12, withinSeconds: startWindowSeconds } },
    { id: 'pool-counts', title: 'The pool is full and twelve wait', tag: 'exact', observe: { kind: 'log', component: 'service', contains: 'pool: 30 total, 0 idle, 12 waiting', atLeast: 1 } },
  ],
  criteria: [
    { id: 'connection-timeouts' },
    { id: 'pool-recovers' },
    { id: 'api-p95', notApplicable: 'the link to the database has a stated latency of 550 ms an answer' },
  ],
});
