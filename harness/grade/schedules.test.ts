/** The criteria and the reading of checkers that incidents brought: each in the ways it can go. */
import { describe, expect, test } from 'vitest';
import type { CriterionDeclaration, SymptomDeclaration } from '../../scenarios/lib/declaration.ts';
import type { CheckResult, CriterionResult } from '../result.ts';
import { judge as judgeChanged, okChecks, phase, type Judge } from './fixtures.ts';
import { observe } from './symptoms.ts';

const ticks = (counts: CheckResult['counts']): CheckResult => ({
  ...okChecks[0]!,
  id: 'schedule-ticks',
  invariant: 'I10',
  counts,
});
const judge = (
  id: string,
  checks: CheckResult[],
  declaration: CriterionDeclaration | null,
  changed: Partial<Judge> = {},
): CriterionResult => judgeChanged(id, undefined, { checks, ...changed }, declaration);

test.each([
  [1, 'pass'],
  [2, 'fail'],
  [22, 'fail'],
] as const)('%i schedules of one queue: %s', (schedulesOfOneQueue, verdict) => {
  expect(
    judge(
      'schedules-per-queue',
      [ticks({ schedules: schedulesOfOneQueue, schedulesOfOneQueue, ticks: 6, mostInOnePass: 6 })],
      { id: 'schedules-per-queue' },
    ),
  ).toMatchObject({ verdict, value: schedulesOfOneQueue });
});

test.each([
  [6, 'pass'],
  [7, 'fail'],
  [18, 'fail'],
] as const)('%i jobs in one pass of at most 6: %s', (mostInOnePass, verdict) => {
  expect(
    judge('dispatches-per-pass', [ticks({ schedules: 1, schedulesOfOneQueue: 1, ticks: 40, mostInOnePass })], {
      id: 'dispatches-per-pass',
      value: 6,
    }),
  ).toMatchObject({ verdict, value: mostInOnePass, count: 40 });
});

test('a service that never dispatched, or schedules that nobody counted, are unknown', () => {
  const declared = { id: 'dispatches-per-pass', value: 6 };
  expect(
    judge(
      'dispatches-per-pass',
      [ticks({ schedules: 1, schedulesOfOneQueue: 1, ticks: 0, mostInOnePass: 0 })],
      declared,
    ).verdict,
  ).toBe('inconclusive');
  expect(judge('dispatches-per-pass', [ticks(null)], declared).verdict).toBe('inconclusive');
  expect(judge('schedules-per-queue', [], { id: 'schedules-per-queue' }).verdict).toBe('inconclusive');
});

describe('a load without jobs', () => {
  const empty: CheckResult = {
    ...okChecks[0]!,
    id: 'jobs-end',
    invariant: 'I5',
    status: 'inconclusive',
    empty: true,
    examined: 0,
    reason: 'there was nothing to examine',
  };
  const withoutJobs = { phases: [phase('start-up', 'steady', 0, 60, 0)] };
  test('leaves empty tables of jobs out, and says so', () => {
    expect(judge('corrupt-data', [okChecks[1]!, empty], null, withoutJobs)).toMatchObject({
      verdict: 'pass',
      measuredBy: expect.stringContaining('1 checkers of jobs are left out'),
    });
  });
  test('does not excuse a checker that broke, nor one that found something, nor nothing at all', () => {
    expect(
      judge(
        'corrupt-data',
        [okChecks[1]!, { ...empty, empty: null, reason: 'the checker broke: gone' }],
        null,
        withoutJobs,
      ).verdict,
    ).toBe('inconclusive');
    expect(
      judge(
        'corrupt-data',
        [okChecks[1]!, { ...empty, status: 'violated', violations: 1, empty: null }],
        null,
        withoutJobs,
      ).verdict,
    ).toBe('fail');
    expect(judge('corrupt-data', [empty], null, withoutJobs).verdict).toBe('inconclusive');
  });
  test('with jobs offered, an empty table is unknown', () => {
    expect(judge('corrupt-data', [okChecks[1]!, empty], null).verdict).toBe('inconclusive');
  });
});

describe('a difference of two series', () => {
  const own = {
    kind: 'series',
    series: 'own',
    minus: { series: 'theirs', labels: { role: 'app' } },
    statistic: 'max',
    comparator: '>=',
    value: 28,
  } as const satisfies SymptomDeclaration['observe'];
  const gauge = (name: string, points: [number, number][], labels = {}) => ({
    name,
    labels,
    tMs: Float64Array.from(points, ([tMs]) => tMs),
    values: Float64Array.from(points, ([, value]) => value),
  });
  const steps = [{ do: 'start', title: '', atMs: 1000, endMs: 1500, ok: true }];
  const seen = (
    change: Partial<typeof own> & { fromSeconds?: number; withinSeconds?: number } = {},
    theirs = gauge(
      'theirs',
      [
        [500, 0],
        [2000, 0],
        [3000, 30],
        [9000, 30],
      ],
      { role: 'app' },
    ),
  ) =>
    observe(
      'x',
      { ...own, ...change } as SymptomDeclaration['observe'],
      {
        observations: {
          series: [
            gauge('own', [
              [1200, 20],
              [1200.5, 30],
              [9000, 30],
            ]),
            theirs,
            gauge('theirs', [[500, 99]], { role: 'probe' }),
          ],
          histograms: [],
          logLines: [],
          sources: [],
        },
        phases: [],
        steps,
      },
      {},
    );
  test('is taken at each instant, once both have spoken', () => {
    expect(seen()).toMatchObject({
      observed: true,
      value: 30,
      evidence: [{ atMs: 1200.5, text: 'own − theirs (app) = 30' }],
    });
  });
  test("counts from the service's start", () => {
    expect(seen({ fromSeconds: 3 })).toMatchObject({ observed: false, value: 0 });
    expect(seen({ withinSeconds: 0.1 })).toMatchObject({ observed: null });
  });
  test('a lowest value of a phase says whether phantoms lasted the whole load, whatever the end of the entry does', () => {
    const during = { statistic: 'min', phase: 'start-up', fromSeconds: 4, comparator: '>=', value: 28 } as const;
    const phases = [phase('start-up', 'steady', 2, 10, 0)];
    const lowest = (theirs: number) =>
      observe(
        'x',
        { ...own, ...during },
        {
          observations: {
            series: [
              gauge('own', [
                [5000, 30],
                [7000, 30],
                [9000, 30],
                [11_000, 0],
              ]),
              gauge(
                'theirs',
                [
                  [5000, theirs],
                  [7010, theirs],
                  [9010, theirs],
                  [11_010, 30],
                ],
                { role: 'app' },
              ),
            ],
            histograms: [],
            logLines: [],
            sources: [],
          },
          phases,
          steps,
        },
        {},
      );
    expect(lowest(2)).toMatchObject({ observed: true, value: 28 });
    expect(lowest(30)).toMatchObject({ observed: false, value: 0 });
  });
  test('a group that came late was zero until then', () => {
    expect(seen({}, gauge('theirs', [[3000, 30]], { role: 'app' }))).toMatchObject({
      observed: true,
      value: 30,
      evidence: [{ atMs: 1200.5 }],
    });
  });
  test('is unknown where one side never spoke', () => {
    expect(seen({ minus: { series: 'never', labels: { role: 'app' } } } as never)).toMatchObject({
      observed: null,
      value: null,
    });
  });
});
