import { expect, test } from 'vitest';
import { decide } from './scaling.ts';

const seen = {
  workers: 4,
  busy: 4,
  pending: 10,
  poolUsed: 4,
  poolMax: 20,
  cap: 16,
  least: 4,
  idleLooks: 0,
};

test.each([
  ['all are busy and tasks pend', {}, 'scale_up', 'all_busy', 8],
  ['no further than the cap', { workers: 14, busy: 14 }, 'scale_up', 'all_busy', 16],
  ['the cap is reached', { workers: 16, busy: 16 }, 'no_change', 'at_cap', 16],
  ['the pool has no room', { poolUsed: 16 }, 'no_change', 'no_pool_headroom', 4],
  ['some are free', { busy: 2 }, 'no_change', 'workers_free', 4],
  ['idle, but not for long', { workers: 12, busy: 1, pending: 0, idleLooks: 2 }, 'no_change', 'not_idle_for_long', 12],
  ['idle for long', { workers: 12, busy: 1, pending: 0, idleLooks: 3 }, 'scale_down', 'idle', 8],
  ['never fewer than the least', { workers: 5, busy: 0, pending: 0, idleLooks: 9 }, 'scale_down', 'idle', 4],
  ['as few as may be', { busy: 0, pending: 0, idleLooks: 9 }, 'no_change', 'at_least', 4],
] as const)('%s', (_, changed, decision, reason, workers) => {
  expect(decide({ ...seen, ...changed })).toEqual({ decision, reason, workers });
});
