#!/usr/bin/env node
/**
 * Runs scenarios again and again and prints every attempt: is each variant as expected, every time?
 *
 *     npx node scripts/series.ts --times 20 [--variant broken] [--results series.ndjson] [--with COMMAND]
 *       [thundering-herd duplicate-schedules]
 *
 * Without names: every incident. Each attempt is one run of one scenario; --with puts a command before it, such as
 * "flock FILE", so that others get their turn in between. Attempts are appended to --results as they end, each with the
 * commit it ran on and the load of the machine before it. What is there already counts, as long as the scenario's load,
 * settings and bounds are the same: a series that was stopped goes on, until each scenario has --times attempts. A run
 * that somebody stopped is no attempt, and ends the series. --document FILE writes the table into a page.
 * Exit code 1 when an attempt was not as expected.
 */
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { $ } from 'zx';
import { inspectScenario } from '../harness/profile/inspect.ts';
import { listScenarioFiles, selectScenarios } from '../harness/profile/plan.ts';
import type { RunResult } from '../harness/result.ts';
import { resolveK6 } from '../harness/tools/k6.ts';
import { appendAttempts, commitWords, readAttempts } from './lib/attempts.ts';
import { boundsOf } from './lib/declared-bounds.ts';
import type { ScenarioDeclaration } from '../scenarios/lib/declaration.ts';

export interface Attempt {
  scenario: string;
  attempt: number;
  variant: string;
  asExpected: boolean | null;
  seconds: number;
  reason: string;
  run: string;
  /** What ran, and the machine's load (one minute) before it. */
  commit: string;
  load: number;
  /** The mark of its load, settings and bounds (`boundsOf`). */
  bounds: string;
}

const checkout = path.resolve(import.meta.dirname, '..');

const attemptsOf = (
  run: RunResult,
  { attempt, load, declaration }: Pick<Attempt, 'attempt' | 'load'> & { declaration: ScenarioDeclaration },
): Attempt[] =>
  run.scenarios.map(({ name, variant, asExpected, startedMs, endedMs, reason, message }) => ({
    scenario: name,
    attempt,
    variant,
    asExpected,
    seconds: Math.round(((endedMs ?? 0) - (startedMs ?? 0)) / 100) / 10,
    reason: message ?? reason,
    run: run.id,
    commit: commitWords(run.git),
    load,
    bounds: boundsOf(declaration, variant),
  }));

const word = (asExpected: boolean | null): string => {
  if (asExpected === null) return '?';
  return asExpected ? 'yes' : 'NO';
};

const rowOf = (title: string, attempts: readonly Attempt[]): string => {
  const seconds = attempts.map((one) => one.seconds);
  const odd = attempts
    .filter(({ asExpected }) => asExpected !== true)
    .map(({ attempt, asExpected, reason }) => `#${attempt} ${word(asExpected)}: ${reason}`);
  const cells = [
    title,
    `${attempts.length - odd.length} of ${attempts.length}`,
    attempts.map(({ asExpected }) => word(asExpected)).join(' '),
    `${Math.min(...seconds)}–${Math.max(...seconds)}`,
    odd.join('; ').replaceAll('|', '/'),
  ];
  return `| ${cells.join(' | ')} |`;
};

/** One row a variant: as expected of all attempts, seconds (least to most), and each attempt that was not, with why. */
export const tableOf = (attempts: readonly Attempt[]): string => {
  const byVariant = Map.groupBy(attempts, ({ scenario, variant }) => `${scenario} · ${variant}`);
  const rows = [...byVariant].map(([title, own]) => rowOf(title, own));
  return [
    '| variant | as expected | attempts in order | seconds | what was not |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
};

const runOnce = async (
  scenario: string,
  variant: string,
  reports: string,
  before: readonly string[],
): Promise<RunResult> => {
  const command = [
    process.execPath,
    'bin/pgsurge.mjs',
    'run',
    scenario,
    '--profile',
    'smoke',
    '--variant',
    variant,
    '--reports',
    reports,
    '--json',
  ];
  const { stdout, stderr, exitCode } = await $({
    cwd: checkout,
    nothrow: true,
    quiet: true,
  })`${[...before, ...command]}`;
  if (stdout === '') throw new Error(`run ${scenario} ended with exit code ${exitCode}: ${stderr.trim()}`);
  return JSON.parse(stdout) as RunResult;
};

/** Appends the attempts of one run, and says on stderr how they ended. */
const writeDown = (file: string, attempts: readonly Attempt[]): void => {
  appendAttempts(file, attempts);
  const words = attempts.map(({ variant, asExpected }) => `${variant} ${word(asExpected)}`);
  const [{ scenario, attempt } = { scenario: 'nothing', attempt: 0 }] = attempts;
  process.stderr.write(`${scenario} #${attempt}: ${words.join(', ')}\n`);
};

/** By the scenario's name. */
const declarationsOf = async (names: readonly string[]): Promise<Map<string, ScenarioDeclaration>> => {
  const k6 = await resolveK6((line) => void process.stderr.write(`${line}\n`));
  const scenarios = selectScenarios(names.length > 0 ? names : ['incidents'], listScenarioFiles());
  const inspected = await Promise.all(scenarios.map(({ file }) => inspectScenario(file, k6)));
  return new Map(inspected.map(({ declaration }) => [declaration.id, declaration]));
};

const isOf = (attempt: Attempt, declaration: ScenarioDeclaration | undefined): boolean =>
  declaration !== undefined && attempt.bounds === boundsOf(declaration, attempt.variant);

/** How often each of the variants was tried: of the one that was tried least. */
const timesOf = ({ id, variants }: ScenarioDeclaration, variant: string, attempts: readonly Attempt[]): number => {
  const wanted = variants.map(({ name }) => name).filter((name) => variant === 'all' || variant === name);
  const times = wanted.map((name) => attempts.filter((one) => one.scenario === id && one.variant === name).length);
  return Math.min(...times);
};

const pageOf = (attempts: readonly Attempt[]): string => {
  const loads = attempts.map(({ load }) => load);
  const commits = [...new Set(attempts.map(({ commit }) => commit))];
  return [
    '# Series',
    '',
    'How often each variant came out as declared, in smoke. Written by `node scripts/series.ts --document FILE`; the',
    'attempts themselves, each with its commit, the load of the machine and a mark of the load, settings and bounds',
    'that were in force, stand in `docs/series/incidents.ndjson`. An attempt under other bounds is not counted.',
    '',
    `${attempts.length} attempts, load ${Math.min(...loads)} to ${Math.max(...loads)}, commits ${commits.join(', ')}.`,
    '',
    tableOf(attempts),
    '',
  ].join('\n');
};

/** Of all scenarios that the file holds, whichever were asked for now. */
const writePage = async (page: string, recorded: readonly Attempt[]): Promise<void> => {
  const all = await declarationsOf([...new Set(recorded.map(({ scenario }) => scenario))]);
  writeFileSync(page, pageOf(recorded.filter((one) => isOf(one, all.get(one.scenario)))));
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      times: { type: 'string', default: '5' },
      variant: { type: 'string', default: 'all' },
      results: { type: 'string', default: 'series.ndjson' },
      with: { type: 'string', default: '' },
      reports: { type: 'string', default: 'reports' },
      document: { type: 'string' },
    },
  });
  const declarations = await declarationsOf(positionals);
  const attempts = readAttempts<Attempt>(values.results).filter((one) => isOf(one, declarations.get(one.scenario)));
  const before = values.with.split(' ').filter((word) => word !== '');
  for (let attempt = 1; attempt <= Number(values.times); attempt += 1) {
    for (const declaration of declarations.values()) {
      if (timesOf(declaration, values.variant, attempts) >= attempt) continue;
      const load = Math.round(loadavg()[0]! * 100) / 100;
      const run = await runOnce(declaration.id, values.variant, values.reports, before);
      if (run.state === 'interrupted') throw new Error(`${run.id} was stopped: it is no attempt`);
      const fresh = attemptsOf(run, { attempt, load, declaration });
      attempts.push(...fresh);
      writeDown(values.results, fresh);
    }
  }
  process.stdout.write(`${tableOf(attempts)}\n`);
  if (values.document !== undefined) await writePage(values.document, readAttempts(values.results));
  if (attempts.some(({ asExpected }) => asExpected !== true)) process.exitCode = 1;
};

if (import.meta.main) await main();
