/** An entry in which nothing is wrong, and whatever a test says instead. */
import type { PhaseResult, ScenarioResult } from '../../result.ts';

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

const checks: ScenarioResult['checks'] = [
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
];

const identities: ScenarioResult['identities'] = [
  {
    title: 'Requests: k6’s own end figure = the collector’s sum',
    left: 14211,
    right: 14211,
    holds: true,
    note: null,
  },
  { title: 'Jobs acknowledged (ledger) = rows in jobs (database)', left: 2417, right: 2417, holds: true, note: null },
];

const loadTotals: ScenarioResult['loadTotals'] = {
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
};

const health: ScenarioResult['health'] = [
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
];

const stackSettings: ScenarioResult['stackSettings'] = {
  max_connections: 90,
  roleConnectionLimit: 50,
  poolers: 1,
  poolerPoolSize: 40,
  pool_mode: 'transaction',
};

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
  stackSettings,
  load: { interactivePerSecond: 20, nominalJobsPerActiveJobMinute: 4.8, seed: 7 },
  steps: [],
  faults: [],
  criteria: [],
  symptoms: [],
  checks,
  identities,
  outcomes: { invoked: 2417, ok: 2417, fail: 0, unknown: 0, recovered: 0 },
  loadTotals,
  errors: [],
  health,
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
