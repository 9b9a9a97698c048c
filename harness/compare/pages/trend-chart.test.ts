import { expect, it } from 'vitest';
import type { HistoryRun } from '../history.ts';
import type { Trend } from '../trend.ts';
import { shownLabels } from './release-labels.ts';
import { hiddenBoundsText } from './trend-axis.ts';

const runs = (labelOf: (night: number, date: string) => string | null): HistoryRun[] =>
  Array.from({ length: 60 }, (_, night) => {
    const startedAt = new Date(Date.UTC(2026, 8, 1 + night, 2)).toISOString();
    return {
      name: `night-${night}`,
      id: `night-${night}`,
      startedAt,
      commit: null,
      verdict: 'pass',
      label: labelOf(night, startedAt.slice(0, 10)),
    };
  });
const points = Array.from({ length: 60 }, (_, run) => ({ run }));

it("draws the releases among sixty nightlies, not the nightlies' dates", () => {
  const found = shownLabels(
    points,
    runs((night, date) => (night % 20 === 7 ? `v1.${night}` : `nightly-${date}`)),
  );
  expect(found.map(({ text }) => text)).toEqual(['v1.47', 'v1.27', 'v1.7']);
});

it('leaves out the older of two that would touch', () => {
  expect(
    shownLabels(
      points,
      runs((night) => (night > 56 ? `candidate-${night}` : null)),
    ).map(({ text }) => text),
  ).toEqual(['candidate-59']);
  expect(
    shownLabels(
      points,
      runs(() => 'v1'),
    ).length,
  ).toBeGreaterThan(20);
});

it('says where a bound lies that the drawing does not reach', () => {
  const trend = (values: number[], bound: number): Trend => ({
    scenario: '5x',
    variant: 'fixed',
    metric: 'apiMsP95',
    title: 'interactive latency p95',
    unit: 'ms',
    better: 'lower',
    gated: true,
    noise: null,
    growth: null,
    changes: [],
    silent: true,
    points: values.map((value, run) => ({ run, value })),
    bounds: [{ severity: 'fail', comparator: '<', value: bound }],
  });
  expect(hiddenBoundsText(trend([5, 6], 200))).toBe('bound 200 ms, above what is drawn');
  expect(hiddenBoundsText(trend([75, 76], 5))).toBe('bound 5 ms, below what is drawn');
  expect(hiddenBoundsText(trend([150, 160], 200))).toBe('');
});
