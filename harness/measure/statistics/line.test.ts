import { describe, expect, test } from 'vitest';
import { busyAtWaiting, waitingShare } from './erlang.ts';
import { fitLine, misfitOf, studentQuantile, type WeightedPoint } from './line.ts';

const pointsOf = (pairs: readonly (readonly [number, number])[], weight = 1): WeightedPoint[] =>
  pairs.map(([x, y]) => ({ x, y, weight }));

test("the quantiles of a table of Student's t", () => {
  expect(studentQuantile(0.05, 1)).toBeCloseTo(12.706, 3);
  expect(studentQuantile(0.05, 10)).toBeCloseTo(2.228, 3);
  expect(studentQuantile(0.01, 30)).toBeCloseTo(2.75, 3);
});

describe('a line', () => {
  // By hand: slope 0.6, intercept 2.2, residual sum of squares 2.4, so s² is 0.8 with 3 degrees.
  const line = fitLine(
    pointsOf([
      [1, 2],
      [2, 4],
      [3, 5],
      [4, 4],
      [5, 5],
    ]),
  )!;

  test('by least squares, with the prediction interval of the textbook', () => {
    expect(line.slope).toBeCloseTo(0.6, 10);
    expect(line.intercept).toBeCloseTo(2.2, 10);
    // t(0.975, 3) = 3.1824; at x = 6: s × √(1 + 1/5 + 9/10).
    expect(line.halfWidth(6)).toBeCloseTo(3.1824 * Math.sqrt(0.8 * 2.1), 3);
  });

  test('a point of double weight counts as two', () => {
    const twice = fitLine([
      ...pointsOf([
        [1, 1],
        [2, 3],
      ]),
      { x: 3, y: 3, weight: 2 },
    ])!;
    const doubled = fitLine(
      pointsOf([
        [1, 1],
        [2, 3],
        [3, 3],
        [3, 3],
      ]),
    )!;
    expect([twice.slope, twice.intercept]).toEqual([doubled.slope, doubled.intercept]);
  });

  test('one load is no line, two points leave nothing to tell by', () => {
    expect(
      fitLine(
        pointsOf([
          [1, 1],
          [1, 2],
          [1, 3],
        ]),
      ),
    ).toBeNull();
    expect(
      fitLine(
        pointsOf([
          [1, 1],
          [2, 2],
        ]),
      ),
    ).toBeNull();
  });
});

test('a row beside the line is found, scatter alone is not', () => {
  const straight = [1, 2, 5].map((x) =>
    pointsOf([
      [x, x + 0.1],
      [x, x - 0.1],
      [x, x],
    ]),
  );
  expect(misfitOf(straight, fitLine(straight.flat())!)!.p).toBeGreaterThan(0.9);
  const bent = [
    ...straight.slice(0, 2),
    pointsOf([
      [5, 2.4],
      [5, 2.5],
      [5, 2.6],
    ]),
  ];
  expect(misfitOf(bent, fitLine(bent.flat())!)!.p).toBeLessThan(0.01);
});

test('Erlang C, by a table: 2 servers at 1 busy wait in a third of the cases', () => {
  expect(waitingShare(2, 1)).toBeCloseTo(1 / 3, 10);
  expect(waitingShare(1, 0.4)).toBeCloseTo(0.4, 10);
  expect(waitingShare(4, 4)).toBe(1);
  expect(waitingShare(18, busyAtWaiting(18, 0.05))).toBeCloseTo(0.05, 6);
});
