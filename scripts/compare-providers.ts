#!/usr/bin/env node
/**
 * Runs scenarios on two stacks and holds their verdicts against each other. Both must have finished every entry and judged all
 * of it: passing on one and failing on the other is a difference, and so is what one of them could not judge. Excused, and shown,
 * are times and CPU where the host was saturated by something else, and what follows from the symptoms that an entry must show.
 * Exit code 1 on a difference.
 * `scenario:variant` runs that variant alone.
 *
 *     npx node scripts/compare-providers.ts [--stacks local,compose] [--profile smoke] [--reports DIR] [--lock FILE] baseline thundering-herd:fixed
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { $ } from 'zx';
import { exitCodes } from '../harness/errors.ts';
import type { RunResult, ScenarioResult, Verdict } from '../harness/result.ts';

const checkout = path.resolve(import.meta.dirname, '..');

interface Options {
  profile: string;
  reports: string;
  lock?: string | undefined;
}

/** What a run that was judged may end with; any other code is a run that broke off. */
const judgedCodes: readonly (number | null)[] = [exitCodes.asExpected, exitCodes.failed, exitCodes.inconclusive];

/** The run's result out of what its process left. Throws where it is none, or one that broke off. */
export const resultOf = (
  what: string,
  { stdout, stderr, exitCode }: { stdout: string; stderr: string; exitCode: number | null },
): RunResult => {
  if (stdout.trim() !== '' && judgedCodes.includes(exitCode)) return JSON.parse(stdout) as RunResult;
  throw new Error(`${what} ended with exit code ${exitCode}: ${stderr.trim()}`);
};

const runOn = async (stack: string, wanted: string, { profile, reports, lock }: Options): Promise<RunResult> => {
  const [scenario = '', variant = 'all'] = wanted.split(':');
  const command = [
    process.execPath,
    'bin/pgsurge.mjs',
    'run',
    scenario,
    '--variant',
    variant,
    '--profile',
    profile,
    '--stack',
    stack,
    '--reports',
    path.join(reports, stack),
    '--json',
  ];
  return resultOf(
    `run ${scenario} --stack ${stack}`,
    await $({
      cwd: checkout,
      nothrow: true,
      quiet: true,
    })`${lock === undefined ? command : ['flock', lock, ...command]}`,
  );
};

/** What a starved host makes worse by itself: times, CPU, and what follows from them. All else is exact. */
const timed = [
  'api-p95',
  'query-p95',
  'due-to-start',
  'throughput',
  'burst-recovery',
  'recovery',
  'idle-in-transaction',
  'pool-utilisation',
  'cpu-headroom',
  'dropped-iterations',
];

/** What holds whatever fails beside it. The rest, in an entry that must show its symptoms, is their consequence, by chance a request more or less. */
const holdsInFailure = ['lost-data', 'corrupt-data', 'steps-done', 'faults-bit'];

export interface Difference {
  entry: string;
  what: string;
  verdicts: string[];
  counts: boolean;
}

type Judged = Pick<ScenarioResult, 'entry' | 'state' | 'expected' | 'asExpected' | 'criteria' | 'symptoms'>;
type Pair = readonly [Judged, Judged];

/** Something else used the cores: the headroom is not judged for that reason, and times say nothing about a stack. */
const starved = ({ criteria }: Judged): boolean =>
  criteria.some(
    ({ id, verdict, reason }) =>
      id === 'cpu-headroom' && verdict === 'inconclusive' && /host was only|waited for a core/.test(reason),
  );

const wasJudged = (verdict: Verdict | null): boolean => verdict === 'pass' || verdict === 'warn' || verdict === 'fail';

const ids = <Item extends { id: string }>(one: readonly Item[], other: readonly Item[]): string[] => [
  ...new Set([...one, ...other].map(({ id }) => id)),
];

const criteriaOf = ([one, other]: Pair): Difference[] => {
  const excused = starved(one) || starved(other);
  return ids(one.criteria, other.criteria).flatMap((id): Difference[] => {
    const [first, second] = [one, other].map(
      ({ criteria }) => criteria.find((criterion) => criterion.id === id)?.verdict ?? null,
    ) as [Verdict | null, Verdict | null];
    if (first === second && first !== 'inconclusive') return [];
    const unknown = !wasJudged(first) || !wasJudged(second);
    const contradicts = (first === 'fail') !== (second === 'fail');
    const consequence =
      one.expected === 'symptoms' && first !== null && second !== null && !holdsInFailure.includes(id);
    return [
      {
        entry: one.entry,
        what: id,
        verdicts: [first ?? 'missing', second ?? 'missing'],
        counts: (unknown || contradicts) && !consequence && !(excused && timed.includes(id)),
      },
    ];
  });
};

/** What was not looked for counts always; what was seen on one only where it must be seen: elsewhere it may come and go. */
const symptomsOf = ([one, other]: Pair): Difference[] =>
  ids(one.symptoms, other.symptoms).flatMap((id): Difference[] => {
    const [first, second] = [one, other].map(
      ({ symptoms }) => symptoms.find((symptom) => symptom.id === id)?.observed ?? null,
    );
    if (first === second && first !== null) return [];
    return [
      {
        entry: one.entry,
        what: `symptom ${id}`,
        verdicts: [String(first), String(second)],
        counts: first === null || second === null || one.expected === 'symptoms',
      },
    ];
  });

const asExpectedOf = ([one, other]: Pair): Difference[] => {
  const word = ({ asExpected }: Judged): string =>
    asExpected === null ? 'unknown' : asExpected ? 'as expected' : 'not as expected';
  if (one.asExpected === other.asExpected && one.asExpected !== null) return [];
  const excused = starved(one) || starved(other);
  const unknown = one.asExpected === null || other.asExpected === null;
  return [
    {
      entry: one.entry,
      what: 'as expected',
      verdicts: [word(one), word(other)],
      counts: !excused || !(unknown || one.expected === 'pass'),
    },
  ];
};

const judgedOf = (pair: Pair): Difference[] => {
  const words = pair.map(({ state, criteria }) =>
    state !== 'finished' ? state : criteria.some(({ verdict }) => wasJudged(verdict)) ? 'judged' : 'nothing judged',
  );
  return words.every((word) => word === 'judged')
    ? []
    : [{ entry: pair[0].entry, what: 'entry', verdicts: words, counts: true }];
};

/** What the two disagree about, or one of them does not know; entries are paired by their names. */
export const differences = (one: readonly Judged[], other: readonly Judged[]): Difference[] => {
  const names = [...new Set([...one, ...other].map(({ entry }) => entry))];
  if (names.length === 0) return [{ entry: 'all', what: 'entry', verdicts: ['missing', 'missing'], counts: true }];
  return names.flatMap((name) => {
    const [first, second] = [one, other].map((side) => side.find(({ entry }) => entry === name));
    if (first === undefined || second === undefined)
      return [
        {
          entry: name,
          what: 'entry',
          verdicts: [first, second].map((side) => (side === undefined ? 'missing' : 'there')),
          counts: true,
        },
      ];
    const pair: Pair = [first, second];
    return [judgedOf, asExpectedOf, criteriaOf, symptomsOf].flatMap((part) => part(pair));
  });
};

const secondsOf = ({ scenarios }: RunResult, entry: string): number => {
  const found = scenarios.find((scenario) => scenario.entry === entry);
  return Math.round(((found?.endedMs ?? 0) - (found?.startedMs ?? 0)) / 100) / 10;
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stacks: { type: 'string', default: 'local,compose' },
      profile: { type: 'string', default: 'smoke' },
      reports: { type: 'string', default: 'reports' },
      lock: { type: 'string' },
    },
  });
  const [first = 'local', second = 'compose'] = values.stacks.split(',');
  process.stdout.write(`| entry | ${first} | s | ${second} | s |\n|---|---|---|---|---|\n`);
  const found: Difference[] = [];
  for (const scenario of positionals.length > 0 ? positionals : ['baseline']) {
    try {
      const one = await runOn(first, scenario, values);
      const other = await runOn(second, scenario, values);
      for (const { entry, verdict } of one.scenarios) {
        process.stdout.write(
          `| ${entry} | ${verdict} | ${secondsOf(one, entry)} | ${other.scenarios.find((candidate) => candidate.entry === entry)?.verdict ?? 'missing'} | ${secondsOf(other, entry)} |\n`,
        );
      }
      found.push(...differences(one.scenarios, other.scenarios));
    } catch (error) {
      process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
      found.push({ entry: scenario, what: 'run', verdicts: ['see above', 'not compared'], counts: true });
    }
  }
  for (const { entry, what, verdicts, counts } of found)
    process.stdout.write(
      `${counts ? 'DIFFERENT' : 'not judged alike, excused'}: ${entry}: ${what}: ${first} ${verdicts[0]}, ${second} ${verdicts[1]}\n`,
    );
  const counted = found.filter(({ counts }) => counts).length;
  process.stdout.write(
    counted === 0 ? `the verdicts of ${first} and ${second} agree\n` : `${first} and ${second} differ in ${counted}\n`,
  );
  if (counted > 0) process.exitCode = 1;
};

if (import.meta.main) await main();
