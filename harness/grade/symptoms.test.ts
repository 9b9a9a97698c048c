/** A symptom that is the difference of two series, in the ways it can go. */
import { expect, test } from 'vitest';
import type { SymptomDeclaration } from '../../scenarios/lib/declaration.ts';
import { phase } from './fixtures/healthy-run.ts';
import { observe } from './symptoms.ts';

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
