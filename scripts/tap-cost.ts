/**
 * What the tap costs beside Toxiproxy and beside no proxy at all: p95 of a statement and cores, at stated rates,
 * interleaved, so many rounds. pgbench makes the load (`PGBENCH_BIN`, else the one on the PATH).
 *
 *   node scripts/tap-cost.ts [rounds] [seconds] [rates]      such as 10 5 500,2000,8000
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { defaultStackSpec } from '../harness/stack/spec.ts';
import { startStack } from '../harness/stack/start.ts';
import type { StartedStack } from '../harness/stack/stack.ts';
import { freePorts } from '../harness/system/ports.ts';
import { createWorkspace } from '../harness/system/workspace.ts';
import { waitUntil } from '../harness/system/wait.ts';

const [rounds = 10, seconds = 5] = process.argv.slice(2, 4).map(Number);
const rates = (process.argv[4] ?? '500,2000,8000').split(',').map(Number);
const pgbench = process.env['PGBENCH_BIN'] ?? 'pgbench';
const clients = 16;
const ticksPerSecond = 100;

const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-tap-cost-'));
const script = path.join(folder, 'statement.sql');
writeFileSync(script, '\\set number random(1, 100000)\nSELECT :number;\n');

interface Way {
  name: string;
  url: string;
  /** The process whose cores are told. */
  pid: number | null;
}

interface Measured {
  p95Ms: number;
  cores: number;
  perSecond: number;
}

const cpuSeconds = (pid: number | null): number => {
  if (pid === null) return 0;
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1]!;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Of pgbench's log: client, transaction, µs, … */
const latenciesMs = (): number[] =>
  readdirSync(folder)
    .filter((file) => file.startsWith('log.'))
    .flatMap((file) => readFileSync(path.join(folder, file), 'utf8').trim().split('\n'))
    .map((line) => Number(line.split(' ')[2]) / 1000);

const measure = async ({ url, pid }: Way, rate: number): Promise<Measured> => {
  const before = cpuSeconds(pid);
  const started = performance.now();
  const load = ['-M', 'prepared', '-c', String(clients), '-R', String(rate), '-T', String(seconds)];
  await execa(pgbench, ['-n', '-f', script, ...load, '-l', '--log-prefix', 'log', url], { cwd: folder });
  const cores = (cpuSeconds(pid) - before) / ((performance.now() - started) / 1000);
  const latencies = latenciesMs();
  for (const file of readdirSync(folder)) if (file.startsWith('log.')) rmSync(path.join(folder, file));
  return { p95Ms: p95(latencies), cores, perSecond: latencies.length / seconds };
};

interface TapProcess extends AsyncDisposable {
  url: string;
  pid: number;
}

const startTapProcess = async (upstream: string): Promise<TapProcess> => {
  const [port, metricsPort] = (await freePorts(2)) as [number, number];
  const cli = path.join(import.meta.dirname, '../harness/cli/cli.ts');
  const options = ['--upstream', upstream, '--listen', String(port), '--metrics-port', String(metricsPort)];
  const child: ResultPromise = execa(process.execPath, ['--no-warnings', cli, 'tap', ...options], { reject: false });
  const metrics = `http://127.0.0.1:${metricsPort}/metrics`;
  await waitUntil(
    'the tap',
    () =>
      fetch(metrics).then(
        ({ ok }) => ok,
        () => false,
      ),
    { limitMs: 10_000, everyMs: 50 },
  );
  const url = new URL(upstream);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    pid: child.pid!,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await child;
    },
  };
};

const toxiproxyOf = (stack: StartedStack): Way => {
  const usage = stack.components.find(({ name }) => name === 'proxy')?.usage();
  const url = stack.serviceUrl('direct', 'app');
  return { name: 'toxiproxy', url, pid: usage?.kind === 'processTree' ? usage.pid : null };
};

const tell = (rate: number, name: string, all: readonly Measured[], direct: readonly Measured[]): void => {
  const added = all.map(({ p95Ms }, round) => p95Ms - direct[round]!.p95Ms);
  const cores = all.map((one) => one.cores);
  const parts = [
    `${rate}/s ${name}`.padEnd(18),
    `p95 ${median(all.map(({ p95Ms }) => p95Ms)).toFixed(3)} ms`,
    `added ${median(added).toFixed(3)} ms (${Math.min(...added).toFixed(3)} to ${Math.max(...added).toFixed(3)})`,
    `cores ${median(cores).toFixed(3)} (${Math.min(...cores).toFixed(3)} to ${Math.max(...cores).toFixed(3)})`,
    `done ${median(all.map(({ perSecond }) => perSecond)).toFixed(0)}/s`,
  ];
  console.log(parts.join('  '));
};

const series = async (ways: readonly Way[]): Promise<void> => {
  for (const way of ways) await measure(way, Math.max(...rates)); // Warm-up: compiled code is what is measured.
  for (const rate of rates) {
    const measured = new Map<string, Measured[]>(ways.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const way of ways) measured.get(way.name)!.push(await measure(way, rate));
    }
    for (const [name, all] of measured) tell(rate, name, all, measured.get('direct')!);
  }
};

try {
  await using workspace = await createWorkspace('tap cost');
  const context = { workspace, logsFolder: folder, log: console.error };
  await using stack = await startStack('local', { ...defaultStackSpec, proxies: true }, context);
  const direct = stack.databaseUrl('app');
  await using tap = await startTapProcess(direct);
  await series([
    { name: 'direct', url: direct, pid: null },
    { name: 'tap', url: tap.url, pid: tap.pid },
    toxiproxyOf(stack),
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
