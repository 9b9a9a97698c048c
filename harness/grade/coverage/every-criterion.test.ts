/**
 * Every criterion of the folder × every way in which a source that it reads may fall silent: inconclusive or fail,
 * never a pass. Which sources it reads is watched, not believed: a new criterion that does not say it, that says it
 * needs none of their time, or that excuses itself from seeing, fails here.
 */
import { describe, expect, test } from 'vitest';
import type { Criterion, JudgeInput, Need } from '../criterion.ts';
import { holes, instanceHoles, watched } from '../fixtures/holes.ts';
import { criteria } from '../fixtures/judge.ts';
import { passingSituation } from '../fixtures/situations.ts';
import { judgeCriterion } from '../judge-criterion.ts';
import { loadedWindows } from '../judged-windows.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import { heardBy, sourceKinds, type SourceId } from './sources.ts';

const needsOf = ({ sees }: Criterion): readonly Need[] => ('otherwise' in sees ? [] : sees);

const windowsOf = (need: Need, input: JudgeInput): readonly Window[] =>
  need.windows?.(input) ?? loadedWindows(input.phases);

interface Case {
  name: string;
  criterion: Criterion;
  input: JudgeInput;
}

const holesOf = (need: Need, input: JudgeInput): [name: string, input: JudgeInput][] => {
  const windows = windowsOf(need, input);
  const { observations } = input;
  const isLog = sourceKinds[need.source].isLog === true;
  // A log has no samples whose absence would tell; k6 and the service share the receiver, which is always mentioned.
  const whole = Object.entries(holes)
    .filter(([name]) => (isLog ? name.startsWith('source') : name !== 'source never mentioned'))
    .map(([name, change]) => [name, change(windows)(observations, need.source)] as const);
  const instances = [...heardBy(observations, need.source, need).keys()].filter((instance) =>
    need.components === undefined
      ? instance !== ''
      : need.components(input).some((component) => instance.startsWith(`${component} `)),
  );
  const single = isLog
    ? []
    : instances.flatMap((instance) =>
        Object.entries(instanceHoles).map(
          ([name, change]) => [`${name}: ${instance}`, change(windows, instance)(observations, need.source)] as const,
        ),
      );
  return [...whole, ...single].map(([name, changed]) => [
    `${need.source}: ${name}`,
    { ...input, observations: changed },
  ]);
};

const readBy = (criterion: Criterion, input: JudgeInput): SourceId[] => {
  const { observations, read } = watched(input.observations);
  criterion.measure({ ...input, observations });
  return [...read];
};

/** What it declares, and beside that each source that it reads and declares for no time at all. */
const tornNeeds = (criterion: Criterion, input: JudgeInput): readonly Need[] => {
  const declared = needsOf(criterion).filter((need) => windowsOf(need, input).length > 0);
  const beside = readBy(criterion, input).filter((source) => !declared.some((need) => need.source === source));
  return [...declared, ...beside.filter((source) => sourceKinds[source].isLog !== true).map((source) => ({ source }))];
};

const casesOf = (criterion: Criterion): Case[] => {
  const input = passingSituation(criterion);
  if (input === null) return [];
  return tornNeeds(criterion, input)
    .flatMap((need) => holesOf(need, input))
    .map(([name, changed]) => ({ name, criterion, input: changed }));
};

describe.each(criteria.map((criterion) => ({ id: criterion.id, criterion })))('$id', ({ criterion }) => {
  test('passes in one of the situations that holes are made in', () => {
    expect(passingSituation(criterion), 'add one to harness/grade/fixtures/situations.ts').not.toBeNull();
  });

  test('says that it must see what it reads, or why it need not', () => {
    const declared = needsOf(criterion).map(({ source }) => source);
    const undeclared = readBy(criterion, passingSituation(criterion)!).filter((source) => !declared.includes(source));
    expect('otherwise' in criterion.sees ? [] : undeclared, 'add them to its `sees`').toEqual([]);
  });

  const cases = casesOf(criterion);
  if (cases.length === 0) return;
  test.each(cases.map(({ name, input }) => ({ name, input })))('$name', ({ input }) => {
    const { verdict, reason } = judgeCriterion(criterion, input);
    expect(['inconclusive', 'fail'], reason).toContain(verdict);
    expect(reason).not.toBe('');
  });
});

test('only those that know otherwise what they did not see are left out', () => {
  const out = criteria.filter(({ sees }) => 'otherwise' in sees);
  expect(out.filter(({ sees }) => 'otherwise' in sees && sees.otherwise.length < 30).map(({ id }) => id)).toEqual([]);
  expect(criteria.flatMap(casesOf).length).toBeGreaterThan(100);
});

const named = (id: string): Criterion => criteria.find((criterion) => criterion.id === id)!;

/** Cases in which it passes over a hole. */
const fooled = (criterion: Criterion): number =>
  casesOf(criterion).filter(({ input }) => judgeCriterion(criterion, input).verdict === 'pass').length;

test.each([
  [
    'needs none of the time in which it judges',
    { ...named('pool-utilisation'), sees: [{ source: 'service', windows: () => [] }] },
  ],
  ['excuses itself', { ...named('memory-headroom'), sees: { otherwise: 'it takes what samples of memory there are' } }],
  ['believes that another source will do', { ...named('query-p95'), sees: [{ source: 'k6' }] }],
  ['says nothing', { ...named('idle-in-transaction'), sees: [] }],
] as [name: string, criterion: Criterion][])('a criterion that %s is found out', (_, criterion) => {
  expect(fooled(criterion)).toBeGreaterThan(0);
});
