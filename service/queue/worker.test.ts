import { expect, test } from 'vitest';
import { crawlTime } from './worker.ts';
import { noProgressMessage } from './watchdog.ts';
import { shareOf } from '../context.ts';

test('a crawl takes 60 to 140 % of the setting, spread evenly, the same for the same task and seed', () => {
  const times = Array.from({ length: 2000 }, (_, id) => crawlTime(100, 7, String(id + 1)));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(60);
  expect(Math.max(...times)).toBeLessThan(140);
  expect(times.reduce((sum, time) => sum + time, 0) / times.length).toBeCloseTo(100, -1);
  expect(crawlTime(100, 7, '12')).toBe(crawlTime(100, 7, '12'));
  expect(crawlTime(100, 7, '12')).not.toBe(crawlTime(100, 8, '12'));
});

test("the watchdog says the seed's words, and the scaled wait beside them", () => {
  expect(noProgressMessage(1800, 1800)).toBe('no progress for 30 minutes');
  expect(noProgressMessage(1800, 90)).toBe('no progress for 30 minutes (scaled to 90 s)');
});

test('what all replicas share is shared out whole', () => {
  expect([0, 1, 2].map((replica) => shareOf(11, replica, 3))).toEqual([4, 4, 3]);
});
