/** Runs as users start them, for the end-to-end tests: real processes, a reports folder of their own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { SettingValues } from '../../scenarios/lib/declaration.ts';
import type { Plant } from '../run/plant.ts';
import { runResult, type RunResult, type ScenarioResult } from '../result.ts';
import { run } from '../run/run.ts';
import { waitUntil } from '../system/wait.ts';
import { silentProgress } from '../run/progress.ts';
import { smokeRequest } from '../run/smoke-request.ts';
import type { ExitCode } from '../errors.ts';

/** A lock and residue of their own: what else runs on this machine neither disturbs nor is cleaned. */
export const stateOfTheirOwn = (): Disposable & { folder: string } => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-state-'));
  process.env['PGSURGE_STATE_DIR'] = folder;
  return {
    folder,
    [Symbol.dispose]: () => {
      delete process.env['PGSURGE_STATE_DIR'];
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const bin = fileURLToPath(new URL('../../bin/pgsurge.mjs', import.meta.url));

export interface ReportsFolder extends Disposable {
  folder: string;
}

export const reportsFolder = (): ReportsFolder => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-reports-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
};

/** The command line in a process of its own; never rejects. */
export const pgsurge = (args: readonly string[], env: Record<string, string> = {}) =>
  execa(process.execPath, [bin, ...args], { reject: false, all: true, env, stdin: 'ignore' } as const);

/** The only run in a reports folder. */
export const onlyRun = (folder: string): { folder: string; run: RunResult } => {
  const [name] = readdirSync(folder).filter((entry) => entry !== 'latest');
  const runFolder = path.join(folder, name ?? 'no run was written');
  return {
    folder: runFolder,
    run: runResult.parse(JSON.parse(readFileSync(path.join(runFolder, 'run.json'), 'utf8'))),
  };
};

/**
 * A run with a defect planted, in this process: settings of the service over those of every variant, and what else
 * differs.
 */
export const plantedRun = async (
  scenario: string,
  settings: SettingValues,
  reports: string,
  plant: Plant = {},
): Promise<{ code: ExitCode; run: RunResult; folder: string }> => {
  const code = await run(
    smokeRequest({ scenarios: [scenario], reports, argv: ['run', scenario], plant: { ...plant, settings } }),
    silentProgress,
  );
  return { code, ...onlyRun(reports) };
};

export const failing = ({ criteria }: ScenarioResult): string[] =>
  criteria.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);

/** Until the steady phase of an entry of the only run; by default its first. */
export const untilLoaded = (reports: string, entry = ''): Promise<unknown> =>
  waitUntil(
    'the load to run',
    () => {
      try {
        return readFileSync(path.join(onlyRun(reports).folder, 'events.ndjson'), 'utf8')
          .split('\n')
          .some((line) => line.includes(entry) && line.includes('"phase":"steady"'));
      } catch {
        return false;
      }
    },
    { limitMs: 60_000, everyMs: 100 },
  );
