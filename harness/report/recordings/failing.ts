import type { CriterionResult, ScenarioResult } from '../../result.ts';
import { criterion } from './criteria.ts';
import { healthyCriteria, jobsOf, matrixPhases } from './healthy.ts';
import { runOf } from './run.ts';
import type { Recording } from './run.ts';
import { phase, scenario } from './scenario.ts';
import { serviceObservations } from './service.ts';

/** What differs from the healthy run. */
const changes: Readonly<Record<string, CriterionResult>> = {
  'connection-timeouts': criterion('connection-timeouts', 0.0213, {
    count: 61_022,
    numerator: 1300,
    verdict: 'fail',
    causeRank: 20,
    reason:
      '1,300 of 61,022 acquisitions gave up after 5,000 ms: all 36 connections of the app pool were taken, ' +
      '14 of them idle in a transaction.',
    nextStep:
      'Find who holds a connection while it waits for something else: look at “held, doing something else” below, ' +
      'and run the incident `long-transactions`.',
    evidence: [
      {
        atMs: 262_000,
        untilMs: 348_000,
        text: 'Error: timeout exceeded when trying to connect',
        source: 'service log',
      },
    ],
  }),
  'api-p95': criterion('api-p95', 1640, {
    count: 8200,
    verdict: 'fail',
    causeRank: 60,
    reason: 'p95 of interactive requests was 1,640 ms.',
    evidence: [{ atMs: 255_000, untilMs: 350_000, text: 'p95 1,640 ms', source: 'k6' }],
  }),
  'pool-utilisation': criterion('pool-utilisation', 1, {
    count: 596,
    verdict: 'warn',
    causeRank: 25,
    reason: '36 of 36 in use for 88 s in a row.',
    evidence: [{ atMs: 260_000, untilMs: 348_000, text: '36 of 36 in use', source: 'app pool' }],
  }),
  'cpu-headroom': criterion('cpu-headroom', null, {
    verdict: 'inconclusive',
    count: 0,
    reason: 'the host was idle for 9 % only, below the 15 % from which a CPU figure counts',
  }),
};

const failingCriteria = (): CriterionResult[] => healthyCriteria().map((entry) => changes[entry.id] ?? entry);

const trouble = (at: number): number => (at > 250 && at < 350 ? Math.min(1, (at - 250) / 15, (350 - at) / 8) : 0);

const steps: ScenarioResult['steps'] = [
  {
    do: 'sql',
    title: 'ALTER TABLE jobs ADD COLUMN note text',
    atMs: 250_000,
    endMs: 251_000,
    ok: true,
    message: null,
  },
];

const faults: ScenarioResult['faults'] = [
  {
    id: 'lock-storm',
    title: 'Lock storm on tasks',
    target: 'table tasks',
    injectedAtMs: 250_000,
    revertedAtMs: 340_000,
    bite: 'bit',
    biteAtTarget: { atMs: 252_000, text: '7 sessions waiting on Lock', source: 'pg_locks' },
    biteAtService: null,
    revertProved: true,
    message: null,
  },
];

const errors: ScenarioResult['errors'] = [
  {
    family: 'pool-wait',
    source: 'service',
    count: 1300,
    example: 'Error: timeout exceeded when trying to connect',
  },
  { family: 'query_wait_timeout', source: 'pooler', count: 66, example: 'pooler error: query_wait_timeout' },
];

const broken = (): ScenarioResult =>
  scenario({
    name: '5x',
    title: 'Five times the load',
    phases: matrixPhases,
    criteria: failingCriteria(),
    verdict: 'fail',
    asExpected: false,
    grade: 'E',
    reason: 'connection-timeouts failed',
    steps,
    faults,
    errors,
    recovery: { firstSuccessSeconds: 0.4, lastErrorSeconds: 9, lastSlowTransactionSeconds: 21 },
    outcomes: { invoked: 2417, ok: 2300, fail: 97, unknown: 20, recovered: 18 },
  });

const quiet = (): ScenarioResult =>
  scenario({
    name: 'baseline',
    title: 'Reference load',
    phases: [phase('warm-up', 'warmup', 0, 20, 5), phase('load', 'steady', 20, 180, [5, 10])],
    criteria: healthyCriteria(),
  });

/** Held transactions exhaust the app pool for 100 s. */
export const failing = (): Recording => {
  return {
    run: runOf([quiet(), broken()], {
      verdict: 'fail',
      sentence:
        '5x failed: 1,300 of 61,022 acquisitions gave up after 5,000 ms, because transactions held all 36 ' +
        'connections of the app pool.',
      nextStep:
        'Find who holds a connection while it waits for something else, then run: pgsurge run long-transactions',
    }),
    observationsOf: async (entry) =>
      entry.startsWith('baseline')
        ? serviceObservations({ seed: 2, fromSeconds: 0, toSeconds: 180, jobs: (at) => 5 + at / 36, trouble: () => 0 })
        : serviceObservations({ seed: 3, fromSeconds: 0, toSeconds: 600, jobs: jobsOf, trouble }),
  };
};
