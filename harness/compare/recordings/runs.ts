/** Made runs for tests: whole documents of today's schema, with what matters stated by the caller. */
import type { RollUp } from '../../measure/tracks/rollup.ts';
import { normalFrom, randomFrom } from '../../measure/statistics/random.ts';
import type { CriterionResult, PhaseResult, RunResult, ScenarioResult, Verdict } from '../../result.ts';
import type { SavedRun } from '../../archive/read-run.ts';
import { usualLevels } from '../../../scripts/simulation/gates.ts';

const phases: PhaseResult[] = [
  { name: 'warm-up', kind: 'warmup', startMs: 0, endMs: 5_000, fullSeconds: 60, activeJobs: 5 },
  { name: 'load', kind: 'steady', startMs: 5_000, endMs: 45_000, fullSeconds: 3600, activeJobs: 20 },
  { name: 'rest', kind: 'rest', startMs: 45_000, endMs: 60_000, fullSeconds: 900, activeJobs: 0 },
];

export const madeCriterion = (id: string, verdict: Verdict, value: number | null): CriterionResult => ({
  id,
  title: id === 'api-p95' ? 'Interactive requests stay fast' : id,
  source: '002',
  measuredBy: 'p95 of interactive requests that succeeded',
  unit: id === 'lost-data' ? '1' : 'ms',
  bounds: [{ severity: 'fail', comparator: id === 'lost-data' ? '=' : '<', value: id === 'lost-data' ? 0 : 200 }],
  value,
  count: 1200,
  verdict,
  reason: verdict === 'inconclusive' ? 'the generator fell behind' : 'measured',
  evidence: [{ text: 'a long log line', atMs: 10 }],
});

export const madeEntry = (change: Partial<ScenarioResult> = {}): ScenarioResult => {
  const [name, variant, repeat] = [change.name ?? '5x', change.variant ?? 'fixed', change.repeat ?? 1];
  return {
    entry: `${name}.${variant}.${repeat}`,
    name,
    title: name,
    group: 'matrix',
    variant,
    repeat,
    scenarioHash: 'abcdef0123456789',
    state: 'finished',
    startedMs: 0,
    endedMs: 60_000,
    settings: { poolMax: 18, workers: 30 },
    stackSettings: { poolerPoolSize: 40 },
    load: { interactivePerSecond: 20, nominalJobsPerActiveJobMinute: 6, seed: 1 },
    phases,
    steps: [],
    faults: [],
    criteria: [madeCriterion('lost-data', 'pass', 0), madeCriterion('api-p95', 'pass', 92)],
    symptoms: [],
    checks: [
      {
        id: 'one-effect-per-task',
        title: 'one effect per task',
        invariant: 'I3',
        status: 'ok',
        examined: 500,
        violations: 0,
        reason: 'none',
        examples: [],
      },
    ],
    identities: [],
    errors: [],
    health: [],
    figures: { apiMsP95: 92, queriesPerJob: 40, connectionSecondsPerJob: 0.31 },
    verdict: 'pass',
    expected: 'pass',
    asExpected: true,
    reason: '',
    grade: 'A',
    ...change,
  };
};

export const madeRun = (change: Partial<RunResult> = {}): RunResult => ({
  schema: 'pgsurge.run/1',
  id: '2026-11-01T020000Z-matrix',
  name: 'matrix',
  state: 'finished',
  startedAt: '2026-11-01T02:00:00Z',
  endedAt: '2026-11-01T02:17:00Z',
  command: 'pgsurge run matrix --profile nightly',
  seed: 1,
  git: { commit: '1111111', dirty: false },
  profile: { name: 'nightly', timeScale: 20 },
  stack: {
    provider: 'local',
    versions: { postgres: '18.4', pgbouncer: '1.25.2', k6: '2.2.0' },
    settings: { max_connections: 90 },
  },
  host: { os: 'linux', cpuModel: 'made', cores: 2, memoryBytes: 8 * 2 ** 30, indexBefore: 1000, indexAfter: 1010 },
  plan: { scenarios: ['5x'], variant: 'all', repeats: 1 },
  scenarios: [madeEntry()],
  verdict: 'pass',
  sentence: 'All is as expected.',
  nextStep: '',
  ...change,
});

export const saved = (run: RunResult, rollUps: Record<string, RollUp> = {}, name = run.label ?? run.id): SavedRun => ({
  folder: name,
  name,
  run,
  rollUps,
});

/** One line of latencies at about `level`, with noise, on a 500 ms grid. */
export const madeRollUp = (level: number, seed: number): RollUp => {
  const normal = normalFrom(randomFrom(seed));
  const values = Array.from({ length: 120 }, () => Number((level * Math.exp(0.1 * normal())).toPrecision(3)));
  return {
    schema: 'pgsurge.rollup/1',
    startMs: 0,
    stepMs: 500,
    tracks: [{ id: 'latency.p95', title: 'p95', unit: 'ms', values }],
  };
};

/** Repeats of both releases, interleaved, as `--against` makes them; `change` multiplies a figure of head. */
export const interleavedRun = ({
  repeats,
  cv,
  change = {},
  seed = 1,
}: {
  repeats: number;
  cv: number;
  change?: Record<string, number>;
  seed?: number;
}): RunResult => {
  const normal = normalFrom(randomFrom(seed));
  const figures = (release: string): Record<string, number> =>
    Object.fromEntries(
      Object.entries(usualLevels).map(([id, level]) => [
        id,
        level * (release === 'head' ? (change[id] ?? 1) : 1) * Math.exp(cv * normal()),
      ]),
    );
  const scenarios = Array.from({ length: repeats }, (_, index) =>
    (['base', 'head'] as const).map((release) =>
      madeEntry({ entry: `5x.fixed.${index + 1}.${release}`, repeat: index + 1, release, figures: figures(release) }),
    ),
  ).flat();
  return madeRun({ scenarios, plan: { scenarios: ['5x'], variant: 'fixed', repeats, release: '../last-release' } });
};
