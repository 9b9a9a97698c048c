/**
 * @module-tag full
 *
 * `--tap`: what the taps tell of a service without any metrics, held against its own count.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadObservations } from '../archive/samples/load-observations.ts';
import type { PgsurgeConfig } from '../config/config.ts';
import { poolUse, tapGroups } from '../measure/connections/tap-use.ts';
import { fineQuantile } from '../measure/histograms/fine-quantile.ts';
import { histogramsOf, seriesOf, type Labels, type Observations } from '../measure/tracks/observations.ts';
import { totalOf } from '../measure/tracks/windows.ts';
import type { RunResult } from '../result.ts';
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
  holds: { seconds: number; at: number }[];
  errors: Record<string, number>;
  requests: number;
}

interface Ran {
  run: RunResult;
  page: string;
  observations: Observations;
  counts: Counts;
}

const poolSize = 4;

const ran = async (): Promise<Ran> => {
  using reports = reportsFolder();
  const file = path.join(folder, 'counts.json');
  const config: PgsurgeConfig = {
    name: 'counted',
    service: {
      command: `exec python3 ${fixture('counted.py')}`,
      cwd: folder,
      port: 'HTTP_PORT',
      database: 'SHOP_DATABASE_URL',
      ready: '/health',
      environment: { POOL: poolSize, COUNTS_FILE: file },
    },
    stack: { linkMs: 3 },
    load: { script: fixture('own/journey.js'), variables: { SECONDS: 12 } },
  };
  const configFile = path.join(folder, 'pgsurge.config.json');
  writeFileSync(configFile, JSON.stringify(config));
  const { all } = await pgsurge(['run', '--tap', '--config', configFile, '--reports', reports.folder]);
  expect(all, all).not.toContain('no run was written');
  const { run, folder: saved } = onlyRun(reports.folder);
  const { entry } = run.scenarios[0]!;
  return {
    run,
    page: readFileSync(path.join(saved, 'report.html'), 'utf8'),
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

const python = ((): boolean => {
  try {
    execFileSync('python3', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

const whole = { startMs: -Infinity, endMs: Infinity };

describe.skipIf(!python)('a service in Python, without any metrics', () => {
  test('pool size, use, hold time and errors are those that it counted', async () => {
    const { run, page, observations, counts } = await ran();
    const hop = 'service-pooler';
    const group = tapGroups(observations).find((one) => one.hop === hop && one.application === 'shop')!;
    const use = poolUse(observations, group, whole)!;
    expect(counts.opened).toBe(poolSize);
    expect(use.size).toBe(counts.opened);
    // What came before the tap was first looked at is not the run's; nothing of the load did.
    const holds = timesOf(observations, 'tap.hold_time', { ...group, what: 'transaction' });
    expect(holds.count).toBe(counts.holds.length);
    expect(holds.p95 / p95Of(counts.holds.map(({ seconds }) => seconds))).toBeCloseTo(1, 1.3);
    const heldSeconds = counts.holds.reduce((total, { seconds }) => total + seconds, 0);
    const used = ['active', 'idle in transaction'].map((name) =>
      totalOf(seriesOf(observations, 'tap.state_seconds', { ...group, state: name })),
    );
    expect((used[0]! + used[1]!) / heldSeconds).toBeCloseTo(1, 1.3);
    const errors = seriesOf(observations, 'tap.errors', group);
    const bySqlstate = errors.map((one) => [one.labels['sqlstate'], totalOf([one])]);
    expect(Object.fromEntries(bySqlstate)).toEqual(counts.errors);
    expect(counts.errors['22012']).toBeGreaterThan(10);
    const judged = run.scenarios[0]!.criteria.find(({ id }) => id === 'pool-utilisation')!;
    expect(judged).toMatchObject({ reason: expect.stringContaining(`in use`) });
    expect(judged.verdict, judged.reason).not.toBe('notApplicable');
    expect(page).toContain('tap');
  });
});
