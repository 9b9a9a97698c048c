/**
 * Our own matrix runs on the flow of everybody's services: with a config file that names the reference service it gives
 * the page that it gives without one.
 * @module-tag full
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult, ScenarioResult } from '../result.ts';
import { onlyRun, pgsurge, reportsFolder, stateOfTheirOwn } from './runs.ts';

/** `PGSURGE_SAME_PAGE=matrix` compares all rows, which takes longer than each change can wait for. */
const asked = process.env['PGSURGE_SAME_PAGE'] ?? 'baseline';
const limitMs = asked === 'baseline' ? 180_000 : 400_000;

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
  /** The sections and charts of each page, in order. */
  parts: Record<string, string[]>;
}

const partsOf = (page: string): string[] => [...page.matchAll(/<section\b[^>]*? id="([^"]+)"/g)].map(([, id]) => id!);

const pagesIn = (runFolder: string): Record<string, string[]> =>
  Object.fromEntries(
    readdirSync(runFolder)
      .filter((name) => name.endsWith('.html'))
      .sort()
      .map((name) => [name, partsOf(readFileSync(path.join(runFolder, name), 'utf8'))]),
  );

const runWith = async (args: readonly string[]): Promise<Page> => {
  using reports = reportsFolder();
  const { exitCode, all } = await pgsurge(['run', asked, ...args, '--reports', reports.folder]);
  const { run, folder: runFolder } = onlyRun(reports.folder);
  expect(run.state, all).toBe('finished');
  return { run, exitCode, parts: pagesIn(runFolder) };
};

/** All that is the run's and not the hour's: what was measured differs from one run to the next. */
const lastingOf = (entry: ScenarioResult): unknown => {
  const { entry: id, name, title, group, variant, settings, stackSettings, load, keyCharts, expected } = entry;
  return {
    declared: { id, name, title, group, variant, settings, stackSettings, load, keyCharts, expected },
    phases: entry.phases.map(({ name: phase, kind, fullSeconds }) => ({ phase, kind, fullSeconds })),
    criteria: entry.criteria.map((one) => ({
      id: one.id,
      title: one.title,
      verdict: one.verdict,
      bounds: one.bounds,
      chart: one.chart,
    })),
    checks: entry.checks.map(({ id: checker, status }) => [checker, status]),
    identities: entry.identities.map(({ title: pair, holds }) => [pair, holds]),
    health: entry.health.map(({ id: row }) => row),
  };
};

const lasting = ({ run, exitCode, parts }: Page): unknown => ({
  exitCode,
  parts,
  plan: run.plan,
  stack: run.stack.provider,
  entries: run.scenarios.map(lastingOf),
});

test('the same page: criteria, bounds, checks, identities, settings, sections', { timeout: limitMs }, async () => {
  const file = path.join(folder, 'pgsurge.config.json');
  writeFileSync(file, JSON.stringify({ name: 'pgsurge', service: 'reference' }));
  const without = await runWith(['--no-config']);
  const named = await runWith(['--config', file]);
  expect(Math.max(...Object.values(without.parts).map(({ length }) => length))).toBeGreaterThan(5);
  expect(Math.min(...Object.values(without.parts).map(({ length }) => length))).toBeGreaterThan(2);
  expect(lasting(named)).toEqual(lasting(without));
});
