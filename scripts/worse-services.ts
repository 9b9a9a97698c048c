#!/usr/bin/env node
/**
 * Runs the matrix on services that were made worse on purpose, and says of each whether the rows and the growth answer
 * name what was done to it. Attempts are appended to --results as they end, each with the commit and the load of the
 * machine; what is there already counts, so that a series that was stopped goes on.
 *
 *     npx node scripts/worse-services.ts [--times 1] [--results FILE] [--reports DIR] [--with COMMAND] [NAME…]
 *
 * --with puts a command before each run, such as "flock FILE". Exit code 1 when one was not named.
 */
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { $ } from 'zx';
import { readRun } from '../harness/archive/read-run.ts';
import type { RunResult, ScenarioResult } from '../harness/result.ts';
import { appendAttempts, commitWords, readAttempts } from './lib/attempts.ts';
import { healthyService, worseServices, type WorseService } from './lib/worse-services.ts';

interface Attempt {
  service: string;
  /** What does not hold; empty: it was named. */
  missing: string[];
  sentence: string;
  first: string | null;
  failing: Record<string, string[]>;
  commit: string;
  load: number;
}

const failingOf = ({ criteria }: ScenarioResult): string[] =>
  criteria.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);

const attemptOf = (service: WorseService, run: RunResult, healthy: RunResult | null, load: number): Attempt => ({
  service: service.name,
  missing: service.shows.filter(({ holds }) => !holds(run, healthy)).map(({ says }) => says),
  sentence: run.growth?.sentence ?? 'no answer',
  first: run.growth?.first ?? null,
  failing: Object.fromEntries(run.scenarios.map((entry) => [entry.name, failingOf(entry)])),
  commit: commitWords(run.git),
  load,
});

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string', default: '1' },
    results: { type: 'string', default: 'worse-services.ndjson' },
    reports: { type: 'string', default: 'reports/worse' },
    with: { type: 'string', default: '' },
  },
});

const reportsOf = (name: string): string => path.resolve(values.reports, name);

/** The last run of the healthy service, which comes first in the list; null where there is none yet. */
const healthyRun = (): RunResult | null =>
  existsSync(reportsOf(healthyService)) ? readRun('latest', reportsOf(healthyService)).run : null;

/** A process of its own for each run, so that --with can hold it back until the machine is quiet. */
const tryOut = async (service: WorseService): Promise<Attempt> => {
  const load = loadavg()[0]!;
  const reports = reportsOf(service.name);
  const before = values.with.split(' ').filter((word) => word !== '');
  const one = path.join(import.meta.dirname, 'run-worse-service.ts');
  await $({ nothrow: true, stdio: 'inherit' })`${before} ${process.execPath} ${one} ${service.name} ${reports}`;
  return attemptOf(service, readRun('latest', reports).run, healthyRun(), load);
};

const wanted = worseServices.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
for (const service of wanted) {
  const done = readAttempts<Attempt>(values.results).filter((attempt) => attempt.service === service.name).length;
  for (let times = done; times < Number(values.times); times += 1) {
    const attempt = await tryOut(service);
    appendAttempts(values.results, [attempt]);
    const said = attempt.missing.length === 0 ? 'named' : `NOT NAMED: ${attempt.missing.join('; ')}`;
    process.stdout.write(`${service.name}: ${said}. ${attempt.sentence}\n`);
  }
}
const names = new Set(wanted.map(({ name }) => name));
const missed = readAttempts<Attempt>(values.results).filter(
  ({ service, missing }) => names.has(service) && missing.length > 0,
);
process.exitCode = missed.length === 0 ? 0 : 1;
