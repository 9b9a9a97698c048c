/**
 * @module-tag full
 *
 * `--tap`: what the taps tell of a service without any metrics, held against its own count.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { loadObservations } from '../archive/samples/load-observations.ts';
import type { PgsurgeConfig, ServiceConfig } from '../config/config.ts';
import { poolUse, tapGroups } from '../measure/connections/tap-use.ts';
import { fineQuantile } from '../measure/histograms/fine-quantile.ts';
import { histogramsOf, seriesOf, type Labels, type Observations } from '../measure/tracks/observations.ts';
import { totalOf } from '../measure/tracks/windows.ts';
import type { RunResult } from '../result.ts';
import { goMissing, goProgram, javaMissing, javaWithDriver, missing } from './fixtures/toolchains.ts';
import { onlyRun, pgsurge, reportsFolder, stateOfTheirOwn } from './runs.ts';

const state = stateOfTheirOwn();
afterAll(() => state[Symbol.dispose]());
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-tapped-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** What the service itself counted. */
interface Counts {
  opened: number;
  /** `waitedSeconds`, where it is counted: of that time the service could have run, and had no core. */
  holds: { seconds: number; waitedSeconds?: number }[];
  errors: Record<string, number>;
  requests: number;
}

interface Ran {
  run: RunResult;
  /** All pages of the run. */
  pages: string;
  observations: Observations;
  counts: Counts;
}

const poolSize = 4;

const configOf = (service: ServiceConfig, countsFile: string): PgsurgeConfig => ({
  name: 'counted',
  service: {
    cwd: folder,
    port: 'HTTP_PORT',
    ready: '/health',
    ...service,
    environment: { POOL: poolSize, COUNTS_FILE: countsFile, ...service.environment },
  },
  stack: { linkMs: 3 },
  load: { script: fixture('own/journey.js'), variables: { SECONDS: 12 } },
});

const ran = async (service: ServiceConfig): Promise<Ran> => {
  using reports = reportsFolder();
  const file = path.join(folder, 'counts.json');
  const configFile = path.join(folder, 'pgsurge.config.json');
  writeFileSync(configFile, JSON.stringify(configOf(service, file)));
  const { all } = await pgsurge(['run', '--tap', '--config', configFile, '--reports', reports.folder]);
  expect(all, all).not.toContain('no run was written');
  const { run, folder: saved } = onlyRun(reports.folder);
  const { entry } = run.scenarios[0]!;
  const pages = readdirSync(saved).filter((name) => name.endsWith('.html'));
  return {
    run,
    pages: pages.map((name) => readFileSync(path.join(saved, name), 'utf8')).join('\n'),
    observations: await loadObservations(path.join(saved, 'samples', entry)),
    counts: JSON.parse(readFileSync(file, 'utf8')) as Counts,
  };
};

const timesOf = (observations: Observations, name: string, labels: Labels): { count: number; p95: number } => {
  const histograms = histogramsOf(observations, name, labels).flatMap((one) => one.histograms);
  return {
    count: histograms.reduce((total, { count }) => total + count, 0),
    p95: fineQuantile(histograms, 0.95) ?? NaN,
  };
};

const p95Of = (seconds: readonly number[]): number =>
  seconds.toSorted((a, b) => a - b)[Math.ceil(seconds.length * 0.95) - 1]!;

const sumOf = (seconds: readonly number[]): number => seconds.reduce((total, one) => total + one, 0);

/** The tap is within so much of the service. */
const share = 0.025;

/** What the service waits for a core before its first word and after its last answer, it holds, and no wire shows. */
const expectAsTold = (tapped: number, { holds }: Counts, figureOf: (seconds: readonly number[]) => number): void => {
  const most = figureOf(holds.map(({ seconds }) => seconds));
  const least = figureOf(holds.map(({ seconds, waitedSeconds = 0 }) => seconds - waitedSeconds));
  expect(tapped).toBeGreaterThan(least * (1 - share));
  expect(tapped).toBeLessThan(most * (1 + share));
};

const whole = { startMs: -Infinity, endMs: Infinity };

/** Pool size, use, hold time and errors are those that the service counted. */
const expectAsCounted = ({ run, pages, observations, counts }: Ran): void => {
  const group = tapGroups(observations).find((one) => one.hop === 'service-pooler' && one.application === 'shop')!;
  const use = poolUse(observations, group, whole)!;
  expect(counts.opened).toBe(poolSize);
  expect(use.size).toBe(counts.opened);
  // What came before the tap was first looked at is not the run's; nothing of the load did.
  const holds = timesOf(observations, 'tap.hold_time', { ...group, what: 'transaction' });
  expect(holds.count).toBe(counts.holds.length);
  expectAsTold(holds.p95, counts, p95Of);
  const used = ['active', 'idle in transaction'].map((name) =>
    totalOf(seriesOf(observations, 'tap.state_seconds', { ...group, state: name })),
  );
  expectAsTold(used[0]! + used[1]!, counts, sumOf);
  const errors = seriesOf(observations, 'tap.errors', group);
  const bySqlstate = errors.map((one) => [one.labels['sqlstate'], totalOf([one])]);
  expect(Object.fromEntries(bySqlstate)).toEqual(counts.errors);
  expect(counts.errors['22012']).toBeGreaterThan(10);
  const judged = run.scenarios[0]!.criteria.find(({ id }) => id === 'pool-utilisation')!;
  expect(judged).toMatchObject({ reason: expect.stringContaining('in use') });
  expect(judged.verdict, judged.reason).not.toBe('notApplicable');
  for (const said of ['How long connections are held', 'Errors by SQLSTATE', '22012 (sql)'])
    expect(pages).toContain(said);
};

/** Building and fetching take longer than the run. */
const timeout = 500_000;

test('a service in Python, without any metrics', async ({ skip }) => {
  const why = missing('python3');
  if (why !== null) skip(why);
  const command = `exec python3 ${fixture('counted.py')}`;
  expectAsCounted(await ran({ command, database: 'SHOP_DATABASE_URL' }));
});

test('one in Java, by pgjdbc', { timeout }, async ({ skip }) => {
  const why = await javaMissing(folder);
  if (why !== null) skip(why);
  const options = 'prepareThreshold=0&assumeMinServerVersion=9.0&ApplicationName=shop';
  expectAsCounted(
    await ran({
      command: `exec ${javaWithDriver(folder)} ${fixture('languages/Counted.java')}`,
      database: { user: 'DB_USER', password: 'DB_PASSWORD' },
      environment: { JDBC_URL: `{jdbcUrl}?${options}` },
    }),
  );
});

test('one in Go, by pgx and its pool', { timeout }, async ({ skip }) => {
  const why = await goMissing(folder, fixture('languages/counted.go'));
  if (why !== null) skip(why);
  expectAsCounted(await ran({ command: `exec ${goProgram(folder)}`, database: 'SHOP_DATABASE_URL' }));
});
