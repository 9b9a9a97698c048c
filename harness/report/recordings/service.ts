/**
 * The series of one entry of the matrix, healthy or not, drawn from a few shapes. Their noise comes from one stream of
 * random numbers: whoever adds a series in between changes the noise of all that follow.
 */
import type { Observations } from '../../measure/tracks/observations.ts';
import { synthesize } from './synthesize.ts';
import type { Synthesis } from './synthesize.ts';

export interface ServiceShape {
  seed: number;
  fromSeconds: number;
  toSeconds: number;
  everySeconds?: number;
  /** Active jobs at a time (s from the entry's start). */
  jobs(seconds: number): number;
  /** 0: healthy; 1: the app pool is exhausted. */
  trouble(seconds: number): number;
}

const poolSize = 36;

const usedOf =
  ({ jobs, trouble }: ServiceShape) =>
  (at: number): number =>
    Math.min(poolSize, 3 + jobs(at) * 0.28 + trouble(at) * 40);

const addRequests = (made: Synthesis, { jobs, trouble }: ServiceShape): void => {
  const good = (at: number): number => 20 * (1 - 0.55 * trouble(at));
  const interactive = { kind: 'interactive', name: 'GET /dashboard' };
  made.delta('http_reqs', { ...interactive, outcome: 'ok', status: '200' }, good, 0.08);
  made.delta('http_reqs', { ...interactive, outcome: 'error', status: '503' }, (at) => 11 * trouble(at));
  made.delta('http_reqs', { ...interactive, outcome: 'refused', status: '429' }, (at) => (jobs(at) > 60 ? 2 : 0));
  made.histogram('http_req_duration', { ...interactive, outcome: 'ok' }, (at) => ({
    count: good(at),
    median: 18 + jobs(at) * 0.5 + trouble(at) * 900,
    spread: 0.55,
  }));
  made.histogram('http_req_duration', { ...interactive, outcome: 'error' }, (at) => ({
    count: 11 * trouble(at),
    median: 5000,
    spread: 0.02,
  }));
  made.delta('pgsurge_jobs_done', { phase: 'steady' }, (at) => jobs(at) * 0.08 * (1 - 0.8 * trouble(at)));
};

const addAppPool = (made: Synthesis, shape: ServiceShape, instance: string): void => {
  const { trouble } = shape;
  const used = usedOf(shape);
  const idle = (at: number): number => Math.max(0, poolSize / 2 - used(at) / 2);
  const labels = { 'service.instance': instance, 'db.client.connection.pool.name': 'app' };
  made.gauge('db.client.connection.count', { ...labels, state: 'used' }, (at) => used(at) / 2, 0.15);
  made.gauge('db.client.connection.count', { ...labels, state: 'idle' }, idle, 0.02);
  made.gauge('db.client.connection.pending_requests', labels, (at) => trouble(at) * 32, 0.3);
  made.gauge('db.client.connection.max', labels, () => poolSize / 2, 0);
  made.delta('db.client.connection.timeouts', labels, (at) => 5 * trouble(at));
  made.histogram('db.client.connection.wait_time', labels, (at) => ({
    count: 80,
    median: 0.0004 + trouble(at) * 0.12,
  }));
  made.histogram('db.client.connection.use_time', labels, (at) => ({ count: 80, median: 0.012 + trouble(at) * 0.05 }));
};

const taskStates = [
  ['running', 0.6],
  ['pending', 1.1],
  ['waiting', 0.5],
] as const;

const addWork = (made: Synthesis, { jobs, trouble }: ServiceShape, instance: string): void => {
  const labels = { 'service.instance': instance };
  made.histogram('db.client.operation.duration', labels, () => ({ count: 150, median: 0.0035 }));
  made.histogram('pgsurge.task.due_to_start', labels, (at) => ({ count: 12, median: 0.08 + trouble(at) * 3 }));
  made.gauge('jobs_active', labels, jobs, 0.02);
  for (const [state, factor] of taskStates)
    made.gauge('tasks', { ...labels, state }, (at) => jobs(at) * factor * (1 + trouble(at)));
};

const addPoolerAndTransactions = (made: Synthesis, shape: ServiceShape): void => {
  const { trouble } = shape;
  const used = usedOf(shape);
  made.gauge('pooler.clients', { state: 'active' }, (at) => used(at) * 0.6);
  made.gauge('pooler.clients', { state: 'waiting' }, (at) => trouble(at) * 6, 0.4);
  made.gauge('pooler.servers', { state: 'active' }, (at) => used(at) * 0.55, 0.2);
  made.gauge('pooler.servers', { state: 'idle' }, (at) => Math.max(0, 40 - used(at) * 0.55), 0.02);
  made.counter('pooler.transactions', {}, (at) => 60 + used(at) * 4);
  made.gauge('pooler.maxwait', {}, (at) => trouble(at) * 1.4, 0.3);
  made.counter('postgres.commits', {}, (at) => 62 + used(at) * 4);
  made.counter('postgres.rollbacks', {}, (at) => trouble(at) * 3);
  for (const name of ['postgres.deadlocks', 'postgres.temp_bytes']) made.counter(name, {}, () => 0, 0);
  made.counter('pooler.wait_seconds', {}, (at) => 0.05 + trouble(at) * 2);
  made.counter('pooler.log_errors', { family: 'query_wait_timeout' }, (at) => trouble(at) * 0.6);
};

const addSessions = (made: Synthesis, shape: ServiceShape): void => {
  const { trouble } = shape;
  const used = usedOf(shape);
  const states: Record<string, (at: number) => number> = {
    active: (at) => used(at) * 0.4,
    idle: (at) => 34 - used(at) * 0.5,
    'idle in transaction': (at) => 1 + trouble(at) * 14,
    starting: () => 0,
  };
  for (const [state, count] of Object.entries(states))
    made.gauge('postgres.sessions', { role: 'app', application: 'pgbouncer', state }, count, 0.15);
  made.gauge('postgres.role_limit', {}, () => 50, 0);
  made.gauge('postgres.max_connections', {}, () => 90, 0);
  made.gauge('postgres.sessions.waiting', { wait_event_type: 'Lock' }, (at) => trouble(at) * 7, 0.4);
  made.gauge('postgres.sessions.waiting', { wait_event_type: 'IO' }, () => 0.6, 1);
  made.gauge('postgres.locks.waiting', {}, (at) => trouble(at) * 7, 0.4);
  made.gauge('postgres.transaction.age.max', {}, (at) => 0.3 + trouble(at) * 18, 0.2);
  made.gauge('postgres.idle_in_transaction.age.max', {}, (at) => 0.05 + trouble(at) * 15, 0.2);
};

/** Cores and MiB of each. */
const components = {
  service: [0.35, 240],
  pooler: [0.05, 14],
  database: [0.24, 420],
  load: [0.2, 90],
  harness: [0.02, 110],
} as const;

const addProcesses = (made: Synthesis, { jobs }: ServiceShape): void => {
  for (const [component, [cores, mebibytes]] of Object.entries(components)) {
    const labels = { component, instance: '0' };
    const bytes = (at: number): number => mebibytes * 2 ** 20 * (0.8 + Math.min(0.2, at / 2000));
    made.counter('process.cpu_seconds', labels, (at) => cores * (0.5 + jobs(at) / 100), 0.2);
    made.gauge('process.memory_bytes', labels, bytes, 0.01);
  }
};

const addLog = (made: Synthesis, { fromSeconds, toSeconds, trouble }: ServiceShape): void => {
  const length = toSeconds - fromSeconds;
  if ([0.3, 0.5, 0.7, 1].every((share) => trouble(length * share) === 0)) return;
  const poolerLine = 'WARNING C-0x55d0: pgsurge/app@127.0.0.1:41234 pooler error: query_wait_timeout';
  made.log(length * 0.45, 'service', 'Error: timeout exceeded when trying to connect');
  made.log(length * 0.46, 'pooler', poolerLine);
};

export const serviceObservations = (shape: ServiceShape): Observations => {
  const made = synthesize(shape);
  addRequests(made, shape);
  for (const instance of ['0', '1']) {
    addAppPool(made, shape, instance);
    addWork(made, shape, instance);
  }
  addPoolerAndTransactions(made, shape);
  addSessions(made, shape);
  addProcesses(made, shape);
  addLog(made, shape);
  return made.done();
};
