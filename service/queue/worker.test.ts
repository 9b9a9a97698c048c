import { expect, test } from 'vitest';
import { noProgressMessage } from './watchdog.ts';
import { shareOf } from '../context.ts';

test("the watchdog says the seed's words, and the scaled wait beside them", () => {
  expect(noProgressMessage(1800, 1800)).toBe('no progress for 30 minutes');
  expect(noProgressMessage(1800, 90)).toBe('no progress for 30 minutes (scaled to 90 s)');
});

test('what all replicas share is shared out whole', () => {
  expect([0, 1, 2].map((replica) => shareOf(11, replica, 3))).toEqual([4, 4, 3]);
});
