/** An incident with its variants: the herd that meets an empty app pool. */
import { synthesize } from './synthesize.ts';
import { criterion } from './criteria.ts';
import { runOf } from './run.ts';
import type { Recording } from './run.ts';
import { phase, scenario } from './scenario.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { ScenarioResult } from '../../result.ts';

const herd = (fromSeconds: number, kind: 'broken' | 'fixed' | 'staggered'): Observations => {
  const made = synthesize({ seed: kind.length, fromSeconds, toSeconds: fromSeconds + 14, everySeconds: 0.25 });
  const broken = kind === 'broken';
  const total = (at: number): number => {
    if (kind === 'staggered') return Math.min(26, at * 4);
    if (at < 1) return 0;
    return broken ? 30 : Math.min(30, 15 + Math.max(0, at - 2) * 8);
  };
  const past = (at: number): number => (broken ? Math.min(30, Math.max(0, at - 3.3) * 6) : total(at - 0.4));
  const app = { 'service.instance': '0', 'db.client.connection.pool.name': 'app' };
  made.gauge('db.client.connection.count', { ...app, state: 'used' }, total, 0);
  made.gauge('db.client.connection.count', { ...app, state: 'idle' }, () => 0, 0);
  made.gauge('db.client.connection.pending_requests', app, (at) => (broken && at > 1 && at < 3.2 ? 12 : 0), 0);
  made.gauge('db.client.connection.max', app, () => 30, 0);
  made.delta('db.client.connection.timeouts', app, (at) => (broken && at > 3 && at < 3.6 ? 80 : 0), 0);
  made.gauge(
    'postgres.sessions',
    { role: 'app', application: 'service', state: 'starting' },
    (at) => Math.max(0, total(at) - past(at)),
    0,
  );
  made.gauge('postgres.sessions', { role: 'app', application: 'service', state: 'idle' }, past, 0);
  made.gauge('postgres.role_limit', {}, () => 50, 0);
  made.counter('process.cpu_seconds', { component: 'service', instance: '0' }, () => 0.1);
  made.counter('process.cpu_seconds', { component: 'database', instance: '0' }, () => 0.08);
  made.gauge(
    'process.memory_bytes',
    { component: 'database', instance: '0' },
    (at) => (90 + past(at) * 3) * 2 ** 20,
    0.01,
  );
  if (broken) made.log(3.1, 'service', 'queue worker 7: Error: timeout exceeded when trying to connect');
  return made.done();
};

const story = {
  happened: 'After a deployment the service came up, and within seconds its workers failed to get a connection.',
  cause:
    '21 workers ask for 42 connections at once of an empty app pool of 30, while each login takes over a second; ' +
    '`connectionTimeoutMillis` is 2000.',
  symptom:
    '“timeout exceeded when trying to connect”; the pool counts 30 connections, 0 idle, 12 waiting, while the ' +
    'database has two sessions past authentication.',
  remedy: '15 connections warmed before the workers start, and 10000 ms to wait.',
};

const symptoms = (observed: boolean): ScenarioResult['symptoms'] => [
  {
    id: 'timeouts',
    title: 'Acquisitions time out',
    kind: 'log',
    tag: 'exact',
    observed,
    value: observed ? 12 : 0,
    expected: '≥ 1',
    evidence: observed
      ? [
          {
            atMs: 14_100,
            text: 'queue worker 7: Error: timeout exceeded when trying to connect',
            source: 'service log',
          },
        ]
      : [],
  },
  {
    id: 'waiting',
    title: '12 wait while the pool counts 30',
    kind: 'series',
    tag: 'shape',
    observed,
    value: observed ? 12 : 0,
    expected: '≥ 12',
    evidence: observed ? [{ atMs: 12_400, text: 'pending 12, total 30, idle 0', source: 'app pool' }] : [],
  },
];

const variantOf = (variant: string, startSeconds: number, over: Partial<ScenarioResult>): ScenarioResult =>
  scenario({
    name: 'thundering-herd',
    title: 'A herd meets an empty app pool',
    group: 'incidents',
    keyCharts: ['counts'],
    variant,
    story,
    seeds: ['004'],
    purpose: 'Shows why a pool that is full by its own count may be empty.',
    phases: [phase('start', 'steady', startSeconds, startSeconds + 13, 0)],
    checks: [],
    loadTotals: null,
    outcomes: null,
    identities: [],
    health: [],
    claims: [
      {
        text: 'Two sessions were past authentication after 2 s',
        seed: '004',
        measured: over.expected === 'symptoms' ? '0 (at 2.0 s)' : 'not measured',
      },
    ],
    ...over,
  });

const settings = (over: ScenarioResult['settings']): ScenarioResult['settings'] => ({
  APP_POOL_MAX: 30,
  CONNECTION_TIMEOUT_MS: 10_000,
  APP_POOL_WARM: 15,
  START_STAGGER_MS: 0,
  ...over,
});

const broken = (): ScenarioResult =>
  variantOf('broken', 11, {
    variantTitle: 'As it was',
    expected: 'symptoms',
    verdict: 'fail',
    reason: 'shows its 2 symptoms: acquisitions time out; 12 wait while the pool counts 30',
    settings: settings({ CONNECTION_TIMEOUT_MS: 2000, APP_POOL_WARM: 0 }),
    symptoms: symptoms(true),
    criteria: [
      criterion('connection-timeouts', 12 / 42, {
        count: 42,
        numerator: 12,
        verdict: 'fail',
        reason: '12 of 42 timed out',
      }),
      criterion('pool-recovers', 0, { count: 10 }),
    ],
    grade: 'D',
  });

const fixed = (): ScenarioResult =>
  variantOf('fixed', 41, {
    variantTitle: 'Warmed, and patient',
    reason: 'all criteria met',
    symptoms: symptoms(false),
    settings: settings({}),
    criteria: [
      criterion('connection-timeouts', 0, { count: 42, numerator: 0 }),
      criterion('pool-recovers', 0, { count: 10 }),
    ],
    note: 'Starts a second later: the time of one warm login.',
  });

const staggered = (): ScenarioResult =>
  variantOf('staggered', 71, {
    variantTitle: 'Bounded start with jitter',
    reason: 'all criteria met',
    settings: settings({ APP_POOL_WARM: 0, START_STAGGER_MS: 200 }),
    criteria: [
      criterion('connection-timeouts', 0, { count: 42, numerator: 0 }),
      criterion('pool-recovers', 0, { count: 10 }),
    ],
  });

/** Three variants, all as expected. */
export const incident = (): Recording => {
  const scenarios = [broken(), fixed(), staggered()];
  return {
    run: runOf(scenarios, {
      name: 'thundering-herd',
      profile: { name: 'smoke', timeScale: 240 },
      sentence: 'As expected: broken shows its 2 symptoms, fixed and staggered meet their criteria.',
      nextStep: 'Warm the app pool before the workers start, or start them in small steps.',
    }),
    observationsOf: async (entry) => {
      const found = scenarios.find((one) => one.entry === entry);
      return found === undefined ? null : herd(found.phases[0]!.startMs / 1000 - 1, found.variant as 'broken');
    },
  };
};
