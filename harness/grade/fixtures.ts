/**
 * Runs made by hand for the tests of grade/: a healthy one, to which a test adds one defect.
 * Shapes are functions of seconds since the start; noise comes from a seed, so a test fails twice or never.
 */
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import type {
  HistogramSeries,
  Labels,
  LogLine,
  Observations,
  Series,
  SourceStatus,
} from '../measure/tracks/observations.ts';
import type { CriterionDeclaration } from '../../scenarios/lib/declaration.ts';
import type { CheckResult, CriterionResult, LoadTotals, PhaseResult } from '../result.ts';
import type { Criterion, JudgeInput } from './criterion.ts';
import { judgeCriterion } from './judge-criterion.ts';
import { loadCriteria } from './load-criteria.ts';

export type Judge = Omit<JudgeInput, 'declaration'>;
export type Shape = (second: number) => number;

export const flat =
  (value: number): Shape =>
  () =>
    value;
/** From `from`, rising by so much a second. */
export const leak =
  (from: number, perSecond: number): Shape =>
  (second) =>
    from + perSecond * second;
export const sawtooth =
  (low: number, high: number, period: number): Shape =>
  (second) =>
    low + ((high - low) * (second % period)) / period;
/** `low` but for `lasting` seconds from `at`. */
export const spike =
  (low: number, high: number, at: number, lasting = 1): Shape =>
  (second) =>
    second >= at && second < at + lasting ? high : low;

/** mulberry32: a small generator with a seed. */
export const random = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A shape with relative noise of at most `share`. */
export const noisy = (shape: Shape, share: number, seed = 1): Shape => {
  const next = random(seed);
  return (second) => shape(second) * (1 + share * (2 * next() - 1));
};

/** An exponential histogram (scale 3, base 1.09) of these values. */
export const histogramOf = (values: readonly number[]): ExponentialHistogram => {
  const scale = 3;
  const base = 2 ** (2 ** -scale);
  const indexes = values.filter((value) => value > 0).map((value) => Math.ceil(Math.log(value) / Math.log(base)) - 1);
  const offset = indexes.length === 0 ? 0 : Math.min(...indexes);
  const counts = new Array<number>(indexes.length === 0 ? 0 : Math.max(...indexes) - offset + 1).fill(0);
  for (const index of indexes) counts[index - offset]! += 1;
  return {
    scale,
    offset,
    counts,
    count: values.length,
    sum: values.reduce((total, value) => total + value, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    zeroCount: values.length - indexes.length,
  };
};

/** `count` durations around `middle`: most near it, every twentieth three times as long. */
export const durations = (count: number, middle: number, seed = 7): number[] => {
  const next = random(seed);
  return Array.from({ length: count }, (_, index) => middle * (0.7 + 0.6 * next()) * (index % 25 === 24 ? 3 : 1));
};

export class Recorder {
  readonly #series: Series[] = [];
  readonly #histograms: HistogramSeries[] = [];
  readonly logLines: LogLine[] = [];
  readonly sources: SourceStatus[] = [];
  /** Seconds that samples cover. */
  readonly #lastSecond: number;

  constructor(seconds: number) {
    this.#lastSecond = seconds;
  }

  /** One sample a second; `until` cuts the series short. */
  gauge(name: string, labels: Labels, shape: Shape, until = this.#lastSecond): this {
    this.remove(name, labels);
    const times = Array.from({ length: until }, (_, index) => index + 1);
    this.#series.push({
      name,
      labels,
      tMs: Float64Array.from(times, (second) => second * 1000),
      values: Float64Array.from(times, (second) => shape(second)),
    });
    return this;
  }

  /** Cumulative: grows by the shape each second. */
  counter(name: string, labels: Labels, perSecond: Shape, until = this.#lastSecond): this {
    let total = 100;
    return this.gauge(name, labels, (second) => (total += perSecond(second)), until);
  }

  histogram(name: string, labels: Labels, values: (second: number) => number[], until = this.#lastSecond): this {
    this.remove(name, labels);
    const entries = Array.from({ length: until }, (_, index) => index + 1)
      .map((second) => ({ tMs: second * 1000, values: values(second) }))
      .filter((entry) => entry.values.length > 0);
    this.#histograms.push({
      name,
      labels,
      tMs: Float64Array.from(entries, ({ tMs }) => tMs),
      histograms: entries.map((entry) => histogramOf(entry.values)),
    });
    return this;
  }

  log(component: string, text: string, atMs = 1000): this {
    this.logLines.push({ component, text, atMs, instance: 1 });
    return this;
  }

  source(source: string, ok: boolean, reason = ''): this {
    this.sources.push({ source, ok, reason });
    return this;
  }

  /** Takes away the series and histograms of that name whose labels include these. */
  remove(name: string, labels: Labels = {}): this {
    const keep = (one: { name: string; labels: Labels }): boolean =>
      one.name !== name || Object.entries(labels).some(([label, value]) => one.labels[label] !== value);
    this.#series.splice(0, Infinity, ...this.#series.filter(keep));
    this.#histograms.splice(0, Infinity, ...this.#histograms.filter(keep));
    return this;
  }

  observations(): Observations {
    return { series: this.#series, histograms: this.#histograms, logLines: this.logLines, sources: this.sources };
  }
}

export const phase = (
  name: string,
  kind: PhaseResult['kind'],
  startSeconds: number,
  endSeconds: number,
  activeJobs: PhaseResult['activeJobs'] = 10,
): PhaseResult => ({
  name,
  kind,
  startMs: startSeconds * 1000,
  endMs: endSeconds * 1000,
  fullSeconds: endSeconds - startSeconds,
  activeJobs,
});

/** Warm-up 5 s, steady 55 s, burst 20 s, recovery 40 s, rest 30 s; samples go on for 5 s after the load. */
export const phases: PhaseResult[] = [
  phase('warm-up', 'warmup', 0, 5),
  phase('steady', 'steady', 5, 60),
  phase('burst', 'burst', 60, 80, 100),
  phase('recovery', 'recovery', 80, 120),
  phase('rest', 'rest', 120, 150, 0),
];
export const seconds = 155;

const phaseAt = (second: number): string =>
  phases.find(({ startMs, endMs }) => second * 1000 > startMs && second * 1000 <= endMs)?.name ?? '';

export const mebibytes = (count: number): number => count * 1024 * 1024;
export const budgets = {
  service: { cores: 0.8, memoryBytes: mebibytes(512) },
  pooler: { cores: 0.2, memoryBytes: mebibytes(64) },
  database: { cores: 0.6, memoryBytes: mebibytes(1024) },
};

const addRequests = (recorder: Recorder): void => {
  for (const { name } of phases) {
    const during =
      (count: number): Shape =>
      (second) =>
        phaseAt(second) === name ? count : 0;
    for (const [kind, count] of [
      ['interactive', 20],
      ['job', 13],
    ] as const) {
      recorder.gauge('http_reqs', { phase: name, kind, status: '200', outcome: 'ok' }, during(count));
      recorder.histogram('http_req_duration', { phase: name, kind, status: '200', outcome: 'ok' }, (second) =>
        phaseAt(second) === name ? durations(count, 20, second) : [],
      );
    }
    recorder.gauge('iterations', { phase: name }, during(22));
    // 10 active jobs at 12 a minute each are two a second; ten times as many in the burst.
    const active = phases.find((one) => one.name === name)!.activeJobs as number;
    recorder.gauge('pgsurge_jobs_done', { phase: name }, during((active * 12) / 60));
  }
};

const addService = (recorder: Recorder): void => {
  for (const instance of ['1', '2']) {
    const labels = { 'service.instance': instance, 'db.client.connection.pool.name': 'main' };
    recorder.gauge('db.client.connection.count', { ...labels, state: 'used' }, (second) =>
      second > 150 ? 0 : 4 + (second % 3),
    );
    recorder.gauge('db.client.connection.count', { ...labels, state: 'idle' }, flat(6));
    recorder.gauge('db.client.connection.max', labels, flat(18));
    recorder.gauge('db.client.connection.pending_requests', labels, flat(0));
    recorder.gauge('pgsurge.acquisitions', labels, flat(60));
    recorder.gauge('pgsurge.transactions', { 'service.instance': instance, outcome: 'ok', name: 'claim' }, flat(40));
    recorder.histogram(
      'pgsurge.transaction.duration',
      { 'service.instance': instance, outcome: 'ok', name: 'claim' },
      (second) => durations(40, 0.005, second),
    );
    recorder.histogram(
      'db.client.operation.duration',
      { 'service.instance': instance, 'db.operation.name': 'claim' },
      (second) => durations(60, 0.002, second),
    );
    recorder.histogram('pgsurge.task.due_to_start', { 'service.instance': instance }, (second) =>
      durations(7, 0.03, second),
    );
  }
};

const addServers = (recorder: Recorder): void => {
  recorder.gauge('postgres.sessions', { role: 'app', application: 'service', state: 'active' }, flat(3));
  recorder.gauge('postgres.sessions', { role: 'app', application: 'service', state: 'idle' }, flat(20));
  recorder.gauge(
    'postgres.sessions',
    { role: 'app', application: 'service', state: 'idle in transaction' },
    (second) => (second % 4 === 0 ? 1 : 0),
  );
  recorder.gauge('postgres.sessions', { role: 'probe', application: 'pgsurge', state: 'active' }, flat(1));
  recorder.gauge('postgres.idle_in_transaction.age.max', {}, (second) => (second % 4 === 0 ? 0.002 : 0));
  recorder.gauge('postgres.role_limit', {}, flat(50));
  recorder.gauge('postgres.max_connections', {}, flat(90));
  recorder.gauge('pooler.clients', { pooler: '1', database: 'app', state: 'waiting' }, flat(0));
  for (const [component, cores, bytes] of [
    ['service', 0.2, mebibytes(200)],
    ['pooler', 0.03, mebibytes(12)],
    ['database', 0.15, mebibytes(300)],
    ['load', 0.2, mebibytes(100)],
    ['harness', 0.05, mebibytes(150)],
  ] as const) {
    recorder.counter('process.cpu_seconds', { component, instance: '1' }, flat(cores));
    recorder.counter('process.run_wait_seconds', { component, instance: '1' }, flat(cores * 0.02));
    recorder.gauge('process.memory_bytes', { component, instance: '1' }, flat(bytes));
  }
  recorder.gauge('vus', {}, flat(15));
  recorder.gauge('host.cpu_idle_share', {}, flat(0.6));
  recorder.gauge('host.run_wait_share', {}, flat(0.01));
  recorder.gauge('harness.tick_lag', {}, flat(3));
};

/** Samples of a run in which all is well. */
export const healthyRecorder = (): Recorder => {
  const recorder = new Recorder(seconds);
  addRequests(recorder);
  addService(recorder);
  addServers(recorder);
  for (const source of ['k6', 'target', 'postgres', 'pgbouncer', 'pooler-log', 'processes'])
    recorder.source(source, true);
  return recorder;
};

const okCheck = (id: string, invariant: string): CheckResult => ({
  id,
  title: id,
  invariant,
  status: 'ok',
  examined: 100,
  violations: 0,
  reason: 'fine',
  examples: [],
});
export const okChecks: CheckResult[] = [
  okCheck('acknowledged-writes', 'I1'),
  okCheck('unattempted-writes', 'I2'),
  okCheck('task-effects', 'I4'),
];

export const loadTotals: LoadTotals = {
  exitCode: 0,
  requests: 150 * 33,
  iterations: 150 * 22,
  droppedIterations: 0,
  failedRequests: 0,
  checksPassed: 0,
  checksFailed: 0,
  durationMsP50: 20,
  durationMsP95: 60,
  durationMsP99: 70,
  vusMax: 100,
};

export const judgeOf = (recorder: Recorder, changed: Partial<Judge> = {}): Judge => ({
  observations: recorder.observations(),
  phases,
  steps: [],
  faults: [],
  checks: okChecks,
  loadTotals,
  profile: { name: 'nightly', timeScale: 20 },
  stackSpec: {
    maxConnections: 90,
    roleConnectionLimit: 50,
    poolers: 1,
    poolerPoolSize: 40,
    poolerMaxClientConn: 1100,
    poolerQueryWaitTimeoutSeconds: 120,
    poolerServerLoginRetrySeconds: 15,
    databaseLinkLatencyMs: 0,
    proxies: false,
    postgres: {},
  },
  settings: {},
  load: { interactivePerSecond: 20, nominalJobsPerActiveJobMinute: 12 },
  budgets,
  route: 'pooler',
  ...changed,
});

export const criteria: readonly Criterion[] = await loadCriteria();

/** One criterion's judgement of the healthy run with one change. */
export const judge = (
  id: string,
  change: (recorder: Recorder) => unknown = () => undefined,
  changed: Partial<Judge> = {},
  declaration: CriterionDeclaration | null = null,
): CriterionResult => {
  const recorder = healthyRecorder();
  change(recorder);
  const criterion = criteria.find((one) => one.id === id);
  if (criterion === undefined) throw new Error(`no criterion ${id}`);
  return judgeCriterion(criterion, { ...judgeOf(recorder, changed), declaration });
};
