/** Runs for the report's tests: healthy, failing, killed before its end, an incident with two variants, and a hostile one. */
import type { Observations } from '../../measure/tracks/observations.ts';
import { schemaName } from '../../result.ts';
import type { CriterionResult, PhaseResult, RunResult, ScenarioResult } from '../../result.ts';
import { criterion } from './criteria.ts';
import { serviceObservations } from './service.ts';

export interface Recording {
  run: RunResult;
  observationsOf(entry: string): Promise<Observations | null>;
}

export const phase = (
  name: string,
  kind: PhaseResult['kind'],
  startSeconds: number,
  endSeconds: number,
  activeJobs: PhaseResult['activeJobs'],
): PhaseResult => ({
  name,
  kind,
  startMs: startSeconds * 1000,
  endMs: endSeconds * 1000,
  fullSeconds: (endSeconds - startSeconds) * 20,
  activeJobs,
});

export const scenario = (over: Partial<ScenarioResult> & Pick<ScenarioResult, 'name' | 'phases'>): ScenarioResult => ({
  entry: `${over.name}.${over.variant ?? 'default'}.1`,
  title: over.name,
  group: 'matrix',
  variant: 'default',
  repeat: 1,
  scenarioHash: '9c1f3b77',
  state: 'finished',
  startedMs: over.phases[0]?.startMs ?? 0,
  endedMs: over.phases.at(-1)?.endMs ?? null,
  settings: { APP_POOL_MAX: 18, WORKERS: 30, DB_QUEUE_MAX_CONCURRENCY: 12, CONNECTION_TIMEOUT_MS: 5000 },
  stackSettings: {
    max_connections: 90,
    roleConnectionLimit: 50,
    poolers: 1,
    poolerPoolSize: 40,
    pool_mode: 'transaction',
  },
  load: { interactivePerSecond: 20, nominalJobsPerActiveJobMinute: 4.8, seed: 7 },
  steps: [],
  faults: [],
  criteria: [],
  symptoms: [],
  checks: [
    {
      id: 'acknowledged-present',
      title: 'Acknowledged writes are there and equal',
      invariant: 'I1',
      status: 'ok',
      examined: 2417,
      violations: 0,
      reason: 'all 2,417 found, content equal',
      examples: [],
    },
    {
      id: 'effects-once',
      title: 'No task has its effect twice',
      invariant: 'I4',
      status: 'ok',
      examined: 9310,
      violations: 0,
      reason: 'one effect per completed task',
      examples: [],
    },
  ],
  identities: [
    {
      title: 'Requests: k6’s own end figure = the collector’s sum',
      left: 14211,
      right: 14211,
      holds: true,
      note: null,
    },
    { title: 'Jobs acknowledged (ledger) = rows in jobs (database)', left: 2417, right: 2417, holds: true, note: null },
  ],
  outcomes: { invoked: 2417, ok: 2417, fail: 0, unknown: 0, recovered: 0 },
  loadTotals: {
    exitCode: 0,
    requests: 14211,
    iterations: 12011,
    droppedIterations: 0,
    failedRequests: 0,
    checksPassed: 14211,
    checksFailed: 0,
    durationMsP50: 31.2,
    durationMsP95: 92.4,
    durationMsP99: 141.8,
    vusMax: 70,
  },
  errors: [],
  health: [
    {
      id: 'dropped',
      title: 'Iterations that k6 could not start',
      value: 0,
      unit: '1',
      ok: true,
      note: 'of 12,011 planned',
    },
    {
      id: 'generator-cpu',
      title: 'CPU of the load generator',
      value: 0.21,
      unit: 'cores',
      ok: true,
      note: 'far from the 80 % at which figures understate the load',
    },
    {
      id: 'tick-lag',
      title: 'Collector late by, p99',
      value: 6,
      unit: 'ms',
      ok: true,
      note: 'samples are where they should be',
    },
    {
      id: 'host-idle',
      title: 'Host CPU idle, least of any minute',
      value: 0.41,
      unit: 'share',
      ok: true,
      note: 'CPU headroom counts from 15 %',
    },
  ],
  recovery: null,
  claims: null,
  figures: { 'api-p95': 92.4, throughput: 0.998 },
  verdict: 'pass',
  expected: 'pass',
  asExpected: true,
  reason: 'every criterion met',
  grade: 'A',
  message: null,
  ...over,
});

export const runOf = (scenarios: ScenarioResult[], over: Partial<RunResult> = {}): RunResult => ({
  schema: schemaName,
  id: '2026-11-21T09-30-00Z-matrix',
  name: 'matrix',
  label: null,
  state: 'finished',
  startedAt: '2026-11-21T09:30:00Z',
  endedAt: '2026-11-21T09:46:31Z',
  command: 'pgsurge run matrix --profile nightly --seed 7',
  seed: 7,
  git: { commit: '74b45d1e0f2c4bb19f8a0f4a0f0c8b1de2a9e311', dirty: false, branch: 'main' },
  profile: { name: 'nightly', timeScale: 20 },
  stack: {
    provider: 'local',
    versions: { postgres: '18.4', pgbouncer: '1.18.0', k6: '2.2.0', node: '24.21.0', toxiproxy: '2.12.0' },
    settings: { fsync: 'on', shared_buffers: '128MB', max_connections: 90, password_encryption: 'scram-sha-256' },
  },
  host: {
    os: 'Linux 6.1 (Debian 12)',
    cpuModel: 'AMD EPYC',
    cores: 2,
    memoryBytes: 23 * 2 ** 30,
    indexBefore: 1042,
    indexAfter: 1036,
  },
  plan: { scenarios: scenarios.map(({ name }) => name), variant: 'all', repeats: 1, release: null },
  scenarios,
  verdict: 'pass',
  sentence: 'All 4 scenarios are as expected: every criterion met, the nearest with 38 % to spare.',
  nextStep: 'Keep this run as a baseline: pgsurge keep 2026-11-21T09-30-00Z-matrix v1.4',
  ...over,
});

const healthyCriteria = (): CriterionResult[] => [
  criterion('lost-data', 0, { count: 2417 }),
  criterion('corrupt-data', 0, { count: 41_200 }),
  criterion('transaction-errors', 2 / 52_261, { count: 52_261, numerator: 2 }),
  criterion('burst-recovery', null, { verdict: 'notApplicable', reason: 'no burst in this scenario' }),
  criterion('cpu-headroom', 0.58, { count: 596 }),
  criterion('memory-headroom', 0.52, { count: 596 }),
  criterion('memory-after-load', null, { verdict: 'notApplicable', reason: 'no rest below the nightly profile' }),
  criterion('api-p95', 92.4, { count: 11_940 }),
  criterion('query-p95', 8.6, { count: 88_114 }),
  criterion('connection-timeouts', 0, { count: 61_022, numerator: 0 }),
  criterion('pool-utilisation', 0.49, { count: 596 }),
  criterion('database-connections', 0.72, { count: 596 }),
  criterion('throughput', 0.998, { count: 11_964, numerator: 11_940 }),
  criterion('due-to-start', 240, { count: 9310 }),
  criterion('pool-recovers', 0, { count: 10 }),
];

const matrixPhases = [
  phase('warm-up', 'warmup', 0, 30, 5),
  phase('load', 'steady', 30, 400, 50),
  phase('burst', 'burst', 400, 480, 100),
  phase('recovery', 'recovery', 480, 600, 50),
];
const jobsOf = (at: number): number => {
  if (at < 30) return 5;
  return at >= 400 && at < 480 ? 100 : 50;
};

/** A ten-minute entry in which nothing is wrong. */
export const healthy = (): Recording => {
  const entry = scenario({
    name: '5x',
    title: 'Five times the load',
    phases: matrixPhases,
    criteria: healthyCriteria(),
  });
  return {
    run: runOf([entry], {
      name: '5x',
      sentence: 'As expected: all 12 criteria met, the nearest (throughput) with 5 % to spare.',
    }),
    observationsOf: async () =>
      serviceObservations({ seed: 1, fromSeconds: 0, toSeconds: 600, jobs: jobsOf, trouble: () => 0 }),
  };
};

const failingCriteria = (): CriterionResult[] =>
  healthyCriteria().map((entry) => {
    if (entry.id === 'connection-timeouts') {
      return criterion('connection-timeouts', 0.0213, {
        count: 61_022,
        numerator: 1300,
        verdict: 'fail',
        causeRank: 20,
        reason:
          '1,300 of 61,022 acquisitions gave up after 5,000 ms: all 36 connections of the app pool were taken, 14 of them idle in a transaction.',
        nextStep:
          'Find who holds a connection while it waits for something else: look at “held, doing something else” below, and run the incident `long-transactions`.',
        evidence: [
          {
            atMs: 262_000,
            untilMs: 348_000,
            text: 'Error: timeout exceeded when trying to connect',
            source: 'service log',
          },
        ],
      });
    }
    if (entry.id === 'api-p95')
      return criterion('api-p95', 1640, {
        count: 8200,
        verdict: 'fail',
        causeRank: 60,
        reason: 'p95 of interactive requests was 1,640 ms.',
        evidence: [{ atMs: 255_000, untilMs: 350_000, text: 'p95 1,640 ms', source: 'k6' }],
      });
    if (entry.id === 'pool-utilisation')
      return criterion('pool-utilisation', 1, {
        count: 596,
        verdict: 'warn',
        causeRank: 25,
        reason: '36 of 36 in use for 88 s in a row.',
        evidence: [{ atMs: 260_000, untilMs: 348_000, text: '36 of 36 in use', source: 'app pool' }],
      });
    if (entry.id === 'cpu-headroom')
      return criterion('cpu-headroom', null, {
        verdict: 'inconclusive',
        count: 0,
        reason: 'the host was idle for 9 % only, below the 15 % from which a CPU figure counts',
      });
    return entry;
  });

const trouble = (at: number): number => (at > 250 && at < 350 ? Math.min(1, (at - 250) / 15, (350 - at) / 8) : 0);

/** Held transactions exhaust the app pool for 100 s. */
export const failing = (): Recording => {
  const broken = scenario({
    name: '5x',
    title: 'Five times the load',
    phases: matrixPhases,
    criteria: failingCriteria(),
    verdict: 'fail',
    asExpected: false,
    grade: 'E',
    reason: 'connection-timeouts failed',
    steps: [
      {
        do: 'sql',
        title: 'ALTER TABLE jobs ADD COLUMN note text',
        atMs: 250_000,
        endMs: 251_000,
        ok: true,
        message: null,
      },
    ],
    faults: [
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
    ],
    errors: [
      {
        family: 'pool-wait',
        source: 'service',
        count: 1300,
        example: 'Error: timeout exceeded when trying to connect',
      },
      { family: 'query_wait_timeout', source: 'pooler', count: 66, example: 'pooler error: query_wait_timeout' },
    ],
    recovery: { firstSuccessSeconds: 0.4, lastErrorSeconds: 9, lastSlowTransactionSeconds: 21 },
    outcomes: { invoked: 2417, ok: 2300, fail: 97, unknown: 20, recovered: 18 },
  });
  const quiet = scenario({
    name: 'baseline',
    title: 'Reference load',
    phases: [phase('warm-up', 'warmup', 0, 20, 5), phase('load', 'steady', 20, 180, [5, 10])],
    criteria: healthyCriteria(),
  });
  return {
    run: runOf([quiet, broken], {
      verdict: 'fail',
      sentence:
        '5x failed: 1,300 of 61,022 acquisitions gave up after 5,000 ms, because transactions held all 36 connections of the app pool.',
      nextStep:
        'Find who holds a connection while it waits for something else, then run: pgsurge run long-transactions',
    }),
    observationsOf: async (entry) =>
      entry.startsWith('baseline')
        ? serviceObservations({ seed: 2, fromSeconds: 0, toSeconds: 180, jobs: (at) => 5 + at / 36, trouble: () => 0 })
        : serviceObservations({ seed: 3, fromSeconds: 0, toSeconds: 600, jobs: jobsOf, trouble }),
  };
};

/** Killed in mid-run: no end, no verdict beyond what was seen. */
export const killed = (): Recording => {
  const entry = scenario({
    name: '2x',
    title: 'Twice the load',
    state: 'running',
    endedMs: null,
    phases: [phase('warm-up', 'warmup', 0, 5, 5), phase('load', 'steady', 5, 60, 20)],
    verdict: 'inconclusive',
    asExpected: null,
    grade: null,
    reason: 'the run was killed before this entry was judged',
    checks: [],
    identities: [],
    loadTotals: null,
    outcomes: null,
    health: [],
  });
  return {
    run: runOf(
      [
        entry,
        {
          ...entry,
          entry: '5x.default.1',
          name: '5x',
          title: 'Five times the load',
          state: 'pending',
          startedMs: null,
          phases: [],
        },
      ],
      {
        state: 'running',
        endedAt: null,
        verdict: 'inconclusive',
        sentence: 'The run was killed after 23 s; what was measured until then is shown.',
        nextStep: 'Go on with what is missing: pgsurge run --resume 2026-11-21T09-30-00Z-matrix',
      },
    ),
    observationsOf: async (name) =>
      name.startsWith('2x')
        ? serviceObservations({ seed: 4, fromSeconds: 0, toSeconds: 23, jobs: () => 20, trouble: () => 0 })
        : null,
  };
};

const attack = '"><script>document.title="owned"</script><img src=x onerror=alert(1)>';

/** Every text that comes from outside tries to run. */
export const hostile = (): Recording => {
  const entry = scenario({
    name: `../../${attack}`,
    title: attack,
    variant: attack,
    variantTitle: attack,
    phases: [phase(attack, 'steady', 0, 20, 5)],
    settings: { [attack]: attack },
    stackSettings: { [attack]: attack },
    criteria: [
      criterion('api-p95', 900, {
        count: 20,
        verdict: 'fail',
        title: attack,
        reason: attack,
        nextStep: attack,
        measuredBy: attack,
        evidence: [{ atMs: 3000, untilMs: 9000, text: attack, source: attack }],
      }),
    ],
    errors: [{ family: attack, source: attack, count: 1, example: attack }],
    verdict: 'fail',
    asExpected: false,
    reason: attack,
    message: `${attack}</script>`,
    faults: [
      {
        id: attack,
        title: attack,
        target: attack,
        injectedAtMs: 4000,
        revertedAtMs: 8000,
        bite: 'unknown',
        biteAtTarget: null,
        biteAtService: null,
        revertProved: false,
        message: attack,
      },
    ],
    steps: [{ do: attack, title: attack, atMs: 5000, endMs: null, ok: false, message: attack }],
    claims: [{ text: attack, seed: attack, measured: attack }],
  });
  const observations = (): Observations => {
    const made = serviceObservations({
      seed: 5,
      fromSeconds: 0,
      toSeconds: 20,
      jobs: () => 5,
      trouble: (at) => (at > 8 ? 1 : 0),
    });
    const evil = made.series.map((series) => ({
      ...series,
      labels: { ...series.labels, ...(series.labels.family === undefined ? {} : { family: attack }) },
    }));
    return {
      ...made,
      series: evil,
      logLines: [{ atMs: 4000, component: attack, instance: 0, text: attack }],
      sources: [{ source: attack, ok: false, reason: attack }],
    };
  };
  return {
    run: runOf([entry], {
      verdict: 'fail',
      name: attack,
      label: attack,
      sentence: attack,
      nextStep: attack,
      command: attack,
    }),
    observationsOf: async () => observations(),
  };
};
