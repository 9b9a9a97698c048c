/** A stretch of a run: looks in a row, without a hole, for a part of it. */
import { expect, test } from 'vitest';
import { strangerEntry, answering } from './fixtures/stranger.ts';
import { levelOf } from './seen/levels.ts';
import { seenOf } from './seen/seen.ts';
import { longestRow, meanAt, stretchLatencies } from './seen/stretch.ts';

const everything = [{ startMs: -1, endMs: 60_000 }];

/** Seconds at which was looked, and what was seen. */
const level = (looks: Readonly<Record<number, number>>) =>
  levelOf(
    [
      {
        name: 'waiting',
        labels: {},
        tMs: Float64Array.from(Object.keys(looks), (second) => Number(second) * 1000),
        values: Float64Array.from(Object.values(looks)),
      },
    ],
    everything,
  );

test('the longest row of high looks, which a low one or a hole ends', () => {
  const steady = { 0: 0, 1: 3, 2: 3, 3: 3, 4: 3, 5: 3, 6: 0, 7: 3, 8: 3 };
  expect(longestRow(level(steady), 1)).toEqual({ startMs: 1000, endMs: 5000 });
  expect(longestRow(level({ ...steady, 3: 0 }), 1)).toBeNull();
  expect(longestRow(level({ 1: 3, 2: 3, 33: 3, 34: 3, 35: 3 }), 1)).toBeNull();
  expect(longestRow(level({ 1: 3, 1.2: 3, 1.4: 3, 1.6: 3, 1.8: 3 }), 1)).toBeNull();
});

test('a level that was never sampled has no mean, one that begins late was nothing before', () => {
  expect(meanAt(level({}), [1000])).toBeNull();
  expect(meanAt(level({ 4: 8 }), [1000, 2000, 3000, 4000])).toBe(2);
});

test('answers of a stretch stand beside those of the rest, and most of a run is no stretch of it', () => {
  const seen = seenOf(strangerEntry(), answering(200, 50, 60).observations(), null);
  expect(stretchLatencies(seen, { startMs: 20_000, endMs: 29_000 })!.thenMsP95).toBeGreaterThan(60);
  expect(stretchLatencies(seen, { startMs: 20_000, endMs: 51_000 })).toBeNull();
});
