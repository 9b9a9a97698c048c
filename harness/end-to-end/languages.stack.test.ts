/**
 * Any language works: a team's service in each that is here, started by its config on our stack, loaded, measured as a
 * whole process tree, and stopped. A language that is not here is skipped, by name.
 * @module-tag full
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServiceConfig } from '../config/config.ts';
import type { CriterionResult, RunResult } from '../result.ts';
import { listResidue } from '../system/residue.ts';
import { javaMissing, javaWithDriver, missing } from './fixtures/toolchains.ts';
import { onlyRun, pgsurge, reportsFolder, stateOfTheirOwn } from './runs.ts';

const state = stateOfTheirOwn();
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-languages-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  state[Symbol.dispose]();
});

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

const runWith = async (
  service: ServiceConfig,
): Promise<{ run: RunResult; exitCode: number | undefined; all: string }> => {
  using reports = reportsFolder();
  const file = path.join(folder, 'pgsurge.config.json');
  const load = { script: fixture('own/journey.js'), variables: { SECONDS: 8 } };
  writeFileSync(file, JSON.stringify({ service, load }));
  const { exitCode, all } = await pgsurge(['run', '--config', file, '--reports', reports.folder]);
  return { run: onlyRun(reports.folder).run, exitCode, all };
};

const expectGraded = ({ run, exitCode, all }: Awaited<ReturnType<typeof runWith>>): void => {
  const [entry] = run.scenarios;
  const criterion = (id: string): CriterionResult | undefined => entry!.criteria.find((one) => one.id === id);
  expect(exitCode, all).toBe(0);
  expect(entry!.loadTotals!.requests).toBeGreaterThan(500);
  for (const id of ['goodput', 'replica-deaths', 'memory-headroom', 'database-connections', 'evidence'])
    expect(criterion(id), `${id}: ${criterion(id)?.reason}`).toMatchObject({ verdict: 'pass' });
  // Nothing of it is left, with whatever it started itself.
  expect(listResidue()).toEqual([]);
};

const budget = { cores: 2, memoryMiB: 1024 };

test('Python, by its standard library alone', async ({ skip }) => {
  const why = missing('python3');
  if (why !== null) skip(why);
  const told = '{port} {databaseHost} {databasePort} {databaseName} {databaseUser} {databasePassword}';
  const command = `python3 ${fixture('service.py')} ${told} 5 healthy & wait`;
  expectGraded(await runWith({ command, ready: '/', budget }));
});

test('Java, with pgjdbc and a migration of its own', async ({ skip }) => {
  const why = await javaMissing(folder);
  if (why !== null) skip(why);
  const java = `${javaWithDriver(folder)} ${fixture('languages/Shop.java')}`;
  expectGraded(
    await runWith({
      command: java,
      migrate: `${java} migrate`,
      ready: '/health',
      database: { user: 'DB_USER', password: 'DB_PASSWORD' },
      // PgBouncer before 1.21, as Debian 12 has it, follows no statements that a driver prepares by name.
      environment: { JDBC_URL: '{jdbcUrl}?prepareThreshold=0' },
      stop: { seconds: 5 },
      budget,
    }),
  );
});
