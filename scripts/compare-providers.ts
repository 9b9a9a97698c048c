#!/usr/bin/env node
/**
 * Runs scenarios on two stacks and holds their verdicts against each other. Both must have finished every entry and
 * judged all of it. Passing on one and failing on the other is a difference, so is what one of them could not judge.
 * Excused, and shown, are times and CPU where the host was saturated by something else, and what follows from the
 * symptoms that an entry must show. Exit code 1 on a difference.
 * `scenario:variant` runs that variant alone.
 *
 *     npx node scripts/compare-providers.ts [--stacks local,compose] [--profile smoke] [--reports DIR] [--lock FILE]
 *       baseline thundering-herd:fixed
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

/** Criteria that a starved host makes worse by itself: times, CPU, and what follows from them. All others are exact. */
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

/**
 * Criteria that hold whatever fails beside them. In an entry that must show its symptoms all others follow from these,
 * and may differ by a request by chance.
 */
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

const verdictOf = ({ criteria }: Judged, id: string): Verdict | null =>
  criteria.find((criterion) => criterion.id === id)?.verdict ?? null;

const criteriaOf = ([one, other]: Pair): Difference[] => {
  const excused = starved(one) || starved(other);
  return ids(one.criteria, other.criteria).flatMap((id): Difference[] => {
    const [first, second] = [verdictOf(one, id), verdictOf(other, id)];
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

/**
 * A symptom that was not looked for is a difference. One that was seen on one stack only is a difference in entries
 * that must show it; in other entries it may come and go.
 */
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
  const word = ({ asExpected }: Judged): string => {
    if (asExpected === null) return 'unknown';
    return asExpected ? 'as expected' : 'not as expected';
  };
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
  const words = pair.map(({ state, criteria }) => {
    if (state !== 'finished') return state;
    return criteria.some(({ verdict }) => wasJudged(verdict)) ? 'judged' : 'nothing judged';
  });
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
    if (first === undefined || second === undefined) {
      const verdicts = [first, second].map((side) => (side === undefined ? 'missing' : 'there'));
      return [{ entry: name, what: 'entry', verdicts, counts: true }];
    }
    const pair: Pair = [first, second];
    return [judgedOf, asExpectedOf, criteriaOf, symptomsOf].flatMap((part) => part(pair));
  });
};

const secondsOf = ({ scenarios }: RunResult, entry: string): number => {
  const found = scenarios.find((scenario) => scenario.entry === entry);
  return Math.round(((found?.endedMs ?? 0) - (found?.startedMs ?? 0)) / 100) / 10;
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

type Stacks = readonly [string, string];

/** Runs one scenario on both stacks, prints a row for each entry, and gives back what differs. */
const compareOn = async ([first, second]: Stacks, scenario: string, options: Options): Promise<Difference[]> => {
  try {
    const one = await runOn(first, scenario, options);
    const other = await runOn(second, scenario, options);
    for (const { entry, verdict } of one.scenarios) {
      const otherVerdict = other.scenarios.find((candidate) => candidate.entry === entry)?.verdict ?? 'missing';
      print(`| ${entry} | ${verdict} | ${secondsOf(one, entry)} | ${otherVerdict} | ${secondsOf(other, entry)} |`);
    }
    return differences(one.scenarios, other.scenarios);
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return [{ entry: scenario, what: 'run', verdicts: ['see above', 'not compared'], counts: true }];
  }
};

const printDifferences = ([first, second]: Stacks, found: readonly Difference[]): void => {
  for (const { entry, what, verdicts, counts } of found) {
    const title = counts ? 'DIFFERENT' : 'not judged alike, excused';
    print(`${title}: ${entry}: ${what}: ${first} ${verdicts[0]}, ${second} ${verdicts[1]}`);
  }
  const counted = found.filter(({ counts }) => counts).length;
  print(counted === 0 ? `the verdicts of ${first} and ${second} agree` : `${first} and ${second} differ in ${counted}`);
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
  print(`| entry | ${first} | s | ${second} | s |\n|---|---|---|---|---|`);
  const found: Difference[] = [];
  for (const scenario of positionals.length > 0 ? positionals : ['baseline'])
    found.push(...(await compareOn([first, second], scenario, values)));
  printDifferences([first, second], found);
  if (found.some(({ counts }) => counts)) process.exitCode = 1;
};

if (import.meta.main) await main();
