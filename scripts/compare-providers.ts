#!/usr/bin/env node
/**
 * Runs scenarios on two stacks and holds their verdicts against each other: a criterion that passes on one and fails on
 * the other is a difference; what one of them could not judge is shown, not counted. Exit code 1 on a difference.
 * Nor do times count where the host was saturated by something else. `scenario:variant` runs that variant alone.
 *
 *     npx node scripts/compare-providers.ts [--stacks local,compose] [--profile smoke] [--reports DIR] [--lock FILE] baseline thundering-herd:fixed
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { $ } from 'zx';
import type { RunResult, ScenarioResult, Verdict } from '../harness/result.ts';

const checkout = path.resolve(import.meta.dirname, '..');

interface Options { profile: string; reports: string; lock?: string | undefined }

const runOn = async (stack: string, wanted: string, { profile, reports, lock }: Options): Promise<RunResult> => {
  const [scenario = '', variant = 'all'] = wanted.split(':');
  const command = [process.execPath, 'bin/pgsurge.mjs', 'run', scenario, '--variant', variant, '--profile', profile, '--stack', stack, '--reports', path.join(reports, stack), '--json'];
  const { stdout, stderr, exitCode } = await $({ cwd: checkout, nothrow: true, quiet: true })`${lock === undefined ? command : ['flock', lock, ...command]}`;
  if (stdout === '') throw new Error(`run ${scenario} --stack ${stack} ended with exit code ${exitCode}: ${stderr.trim()}`);
  return JSON.parse(stdout) as RunResult;
};

/** A pass, or a warning, on one side and a failure on the other. */
const contradicts = (one: Verdict | null, other: Verdict | null): boolean => {
  const good = (verdict: Verdict | null): boolean => verdict === 'pass' || verdict === 'warn';
  return (good(one) && other === 'fail') || (one === 'fail' && good(other));
};

/** What a starved host makes worse by itself: times, and what follows from them. */
const timed = ['api-p95', 'query-p95', 'due-to-start', 'throughput', 'burst-recovery', 'idle-in-transaction', 'pool-utilisation'];

/** Something else used the cores: judging the headroom then refuses, and times say nothing about a stack. */
const starved = ({ criteria }: Judged): boolean => criteria.some(({ id, verdict }) => id === 'cpu-headroom' && verdict === 'inconclusive');

export interface Difference { entry: string; what: string; verdicts: string[]; counts: boolean }

type Judged = Pick<ScenarioResult, 'entry' | 'verdict' | 'expected' | 'asExpected' | 'criteria' | 'symptoms'>;

/** What the two disagree about; entries are paired by their names. A symptom counts where it must be seen: elsewhere it may come and go. */
export const differences = (one: readonly Judged[], other: readonly Judged[]): Difference[] =>
  one.flatMap((entry) => {
    const pair = other.find((candidate) => candidate.entry === entry.entry);
    if (pair === undefined) return [{ entry: entry.entry, what: 'entry', verdicts: ['there', 'missing'], counts: true }];
    const asExpected = (judged: Judged): string => (judged.asExpected === null ? 'unknown' : judged.asExpected ? 'as expected' : 'not as expected');
    const inconclusive = starved(entry) || starved(pair);
    const whole: Difference[] = asExpected(entry) === asExpected(pair) ? []
      : [{ entry: entry.entry, what: 'as expected', verdicts: [asExpected(entry), asExpected(pair)], counts: entry.asExpected !== null && pair.asExpected !== null && !(inconclusive && entry.expected === 'pass') }];
    const criteria = entry.criteria.flatMap(({ id, verdict }): Difference[] => {
      const second = pair.criteria.find((criterion) => criterion.id === id)?.verdict ?? null;
      return verdict === second ? [] : [{ entry: entry.entry, what: id, verdicts: [verdict, second ?? 'missing'], counts: contradicts(verdict, second) && !(inconclusive && timed.includes(id)) }];
    });
    const symptoms = entry.symptoms.flatMap(({ id, observed }): Difference[] => {
      const second = pair.symptoms.find((symptom) => symptom.id === id)?.observed ?? null;
      return observed === second ? [] : [{ entry: entry.entry, what: `symptom ${id}`, verdicts: [String(observed), String(second)], counts: entry.expected === 'symptoms' && observed !== null && second !== null }];
    });
    return [...whole, ...criteria, ...symptoms];
  });

const secondsOf = ({ scenarios }: RunResult, entry: string): number => {
  const found = scenarios.find((scenario) => scenario.entry === entry);
  return Math.round(((found?.endedMs ?? 0) - (found?.startedMs ?? 0)) / 100) / 10;
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { stacks: { type: 'string', default: 'local,compose' }, profile: { type: 'string', default: 'smoke' }, reports: { type: 'string', default: 'reports' }, lock: { type: 'string' } },
  });
  const [first = 'local', second = 'compose'] = values.stacks.split(',');
  process.stdout.write(`| entry | ${first} | s | ${second} | s |\n|---|---|---|---|---|\n`);
  const found: Difference[] = [];
  for (const scenario of positionals.length > 0 ? positionals : ['baseline']) {
    const one = await runOn(first, scenario, values);
    const other = await runOn(second, scenario, values);
    for (const { entry, verdict } of one.scenarios) {
      process.stdout.write(`| ${entry} | ${verdict} | ${secondsOf(one, entry)} | ${other.scenarios.find((candidate) => candidate.entry === entry)?.verdict ?? 'missing'} | ${secondsOf(other, entry)} |\n`);
    }
    found.push(...differences(one.scenarios, other.scenarios));
  }
  for (const { entry, what, verdicts, counts } of found) process.stdout.write(`${counts ? 'DIFFERENT' : 'not judged alike'}: ${entry}: ${what}: ${first} ${verdicts[0]}, ${second} ${verdicts[1]}\n`);
  const counted = found.filter(({ counts }) => counts).length;
  process.stdout.write(counted === 0 ? `the verdicts of ${first} and ${second} agree\n` : `${first} and ${second} differ in ${counted}\n`);
  if (counted > 0) process.exitCode = 1;
};

if (import.meta.main) await main();
