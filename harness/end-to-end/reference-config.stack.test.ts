/**
 * Our own matrix runs on the flow of everybody's services: with a config file that names the reference service it gives
 * the page that it gives without one.
 * @module-tag full
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../result.ts';
import { onlyRun, pgsurge, reportsFolder, stateOfTheirOwn } from './runs.ts';

const state = stateOfTheirOwn();
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-reference-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  state[Symbol.dispose]();
});

interface Page {
  run: RunResult;
  exitCode: number | undefined;
  /** The page's sections and charts, in order. */
  parts: string[];
}

const partsOf = (page: string): string[] => [...page.matchAll(/<section\b[^>]*? id="([^"]+)"/g)].map(([, id]) => id!);

const runWith = async (args: readonly string[]): Promise<Page> => {
  using reports = reportsFolder();
  const { exitCode, all } = await pgsurge(['run', 'baseline', ...args, '--reports', reports.folder]);
  const { run, folder: runFolder } = onlyRun(reports.folder);
  expect(run.state, all).toBe('finished');
  return { run, exitCode, parts: partsOf(readFileSync(path.join(runFolder, 'report.html'), 'utf8')) };
};

/** All that is the run's and not the hour's: what was measured differs from one run to the next. */
const lasting = ({ run, exitCode, parts }: Page): unknown => {
  const [entry] = run.scenarios;
  const { entry: id, name, title, group, variant, settings, stackSettings, load, keyCharts, expected } = entry!;
  return {
    exitCode,
    parts,
    plan: run.plan,
    stack: run.stack.provider,
    entry: { id, name, title, group, variant, settings, stackSettings, load, keyCharts, expected },
    phases: entry!.phases.map(({ name: phase, kind, fullSeconds }) => ({ phase, kind, fullSeconds })),
    criteria: entry!.criteria.map((one) => ({
      id: one.id,
      title: one.title,
      verdict: one.verdict,
      bounds: one.bounds,
      chart: one.chart,
    })),
    checks: entry!.checks.map(({ id: checker, status }) => [checker, status]),
    identities: entry!.identities.map(({ title: pair, holds }) => [pair, holds]),
    health: entry!.health.map(({ id: row }) => row),
  };
};

test('the same page: criteria, bounds, checks, identities, settings, sections', async () => {
  const file = path.join(folder, 'pgsurge.config.json');
  writeFileSync(file, JSON.stringify({ name: 'pgsurge', service: 'reference' }));
  const without = await runWith(['--no-config']);
  const named = await runWith(['--config', file]);
  expect(without.parts.length).toBeGreaterThan(5);
  expect(lasting(named)).toEqual(lasting(without));
});
