#!/usr/bin/env node
/**
 * Whether the answer of a run of the matrix holds: one row at 0.8 and one at 1.3 times the load at which it says that
 * the first limit is met. What came of it is written into the run, and its pages are made again. Exit 0 when it holds
 * or there is nothing to try, 1 when it does not, 3 when it could not be told.
 *
 *     npx node scripts/check-growth.ts RUN [--reports DIR] [--profile smoke]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { $ } from 'zx';
import { readRun } from '../harness/archive/read-run.ts';
import { openRunFolder } from '../harness/archive/run-folder.ts';
import { triedAt, type Tried } from '../harness/grade/growth/tried.ts';
import type { GrowthLimit } from '../harness/result.ts';
import { writeReport } from '../harness/run/saved-run.ts';

const shares = [0.8, 1.3];
/** `--load` takes no more. */
const highestLoad = 40;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { reports: { type: 'string', default: 'reports' }, profile: { type: 'string', default: 'smoke' } },
});
const reports = path.resolve(values.reports);
const { folder, run } = readRun(positionals[0] ?? 'reports/latest', path.resolve('reports'));

/** Whatever its exit code: at 1.3 times the load a criterion may well fail. */
const rowAt = async (load: number) => {
  const words = ['bin/pgsurge.mjs', 'run', '--load', String(load), '--profile', values.profile, '--reports', reports];
  const { exitCode } = await $({ nothrow: true, stdio: 'inherit' })`${process.execPath} ${words}`;
  if (![0, 1, 3].includes(exitCode ?? -1)) return null;
  return readRun(path.join(reports, 'latest'), reports).run.scenarios[0]?.growth ?? null;
};

const tryOut = async (limit: GrowthLimit): Promise<Tried[]> => {
  const tried: Tried[] = [];
  for (const share of shares) {
    const load = Number((share * limit.factor!).toPrecision(3));
    tried.push(load > highestLoad ? triedAt(share, limit, null) : triedAt(share, limit, await rowAt(load)));
  }
  return tried;
};

const exitCodeOf = (tried: readonly Tried[]): number => {
  if (tried.some(({ held }) => held === false)) return 1;
  return tried.some(({ held }) => held === null) ? 3 : 0;
};

const { growth } = run;
const first = growth?.limits.find(({ id }) => id === growth.first);
if (growth == null || first?.factor == null) {
  process.stdout.write('there is no first limit to try\n');
} else {
  const tried = await tryOut(first);
  const checked = `tried: ${tried.map(({ words }) => words).join('; ')}`;
  const saved = openRunFolder(folder);
  const after = { ...run, growth: { ...growth, checked } };
  saved.save(after);
  await writeReport(saved, after);
  process.stdout.write(`${growth.sentence}\n${checked}\n`);
  process.exitCode = exitCodeOf(tried);
}
