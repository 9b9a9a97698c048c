import { expect, test } from 'vitest';
import { memoryEveryMs } from './memory-cadence.ts';

test('an entry of seconds gets samples enough at its start; one of minutes is not asked more often for that', () => {
  expect([memoryEveryMs(1000, 20_000), memoryEveryMs(61_000, 20_000)]).toEqual([2000, 5000]);
  expect([memoryEveryMs(1000, 180_000), memoryEveryMs(61_000, 180_000)]).toEqual([5000, 5000]);
});
