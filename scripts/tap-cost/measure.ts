/** One load by pgbench on one way: how long statements took, and what CPU time the proxy spent. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { Measured } from './rounds.ts';
import type { StartedWay } from './ways.ts';

interface Load {
  rate: number;
  seconds: number;
  folder: string;
}

const clients = 16;
const pgbench = process.env['PGBENCH_BIN'] ?? 'pgbench';

/**
 * Of all its threads and of its children, in nanoseconds on a core: finer than the ticks of 10 ms that /proc/PID/stat
 * counts in.
 */
const cpuSeconds = (pid: number | null): number => {
  if (pid === null) return 0;
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((total, task) => {
    const [nanoseconds = '0'] = readFileSync(path.join(tasks, task, 'schedstat'), 'utf8').split(' ');
    const children = readFileSync(path.join(tasks, task, 'children'), 'utf8')
      .split(' ')
      .filter(Boolean);
    return total + Number(nanoseconds) / 1e9 + children.reduce((sum, child) => sum + cpuSeconds(Number(child)), 0);
  }, 0);
};

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1]!;

interface Latencies {
  fromDueMs: number[];
  fromSentMs: number[];
}

/** Of pgbench's log: client, transaction, µs since it was due, script, when (two fields), µs by which it was late. */
const latenciesIn = (folder: string): Latencies => {
  const files = readdirSync(folder).filter((file) => file.startsWith('log.'));
  const lines = files.flatMap((file) => readFileSync(path.join(folder, file), 'utf8').trim().split('\n'));
  for (const file of files) rmSync(path.join(folder, file));
  const fields = lines.map((line) => line.split(' ').map(Number));
  return {
    fromDueMs: fields.map(([, , us = NaN]) => us / 1000),
    fromSentMs: fields.map(([, , us = NaN, , , , lateUs = 0]) => (us - lateUs) / 1000),
  };
};

export const measure = async (way: StartedWay, { rate, seconds, folder }: Load): Promise<Measured> => {
  const script = path.join(folder, 'statement.sql');
  writeFileSync(script, '\\set number random(1, 100000)\nSELECT :number;\n');
  const before = cpuSeconds(way.pid);
  const startedMs = performance.now();
  const load = ['-M', 'prepared', '-c', String(clients), '-R', String(rate), '-T', String(seconds)];
  await execa(pgbench, ['-n', '-f', script, ...load, '-l', '--log-prefix', 'log', way.url], { cwd: folder });
  const spent = cpuSeconds(way.pid) - before;
  const lasted = (performance.now() - startedMs) / 1000;
  const { fromDueMs, fromSentMs } = latenciesIn(folder);
  return {
    p95Ms: p95(fromDueMs),
    sentP95Ms: p95(fromSentMs),
    cores: spent / lasted,
    cpuUs: (spent / fromDueMs.length) * 1e6,
    perSecond: fromDueMs.length / seconds,
  };
};
