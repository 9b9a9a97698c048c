import { expect, test } from 'vitest';
import type { ClaimedTask } from './claim.ts';
import { noProgressMessage } from './watchdog.ts';
import { afterCompletion, type Queue } from './worker.ts';
import { shareOf, type Context } from '../context.ts';

test("the watchdog says the seed's words, and the scaled wait beside them", () => {
  expect(noProgressMessage(1800, 1800)).toBe('no progress for 30 minutes');
  expect(noProgressMessage(1800, 90)).toBe('no progress for 30 minutes (scaled to 90 s)');
});

test('what all replicas share is shared out whole', () => {
  expect([0, 1, 2].map((replica) => shareOf(11, replica, 3))).toEqual([4, 4, 3]);
});

test('the page that ends its job raises priorities, too, before what was kept for the job goes', async () => {
  const calls: string[] = [];
  const queue = {
    completions: { add: () => undefined },
    cache: { forget: () => calls.push('cache') },
    waiting: { dueIn: () => undefined, jobEnded: () => undefined },
    priorities: {
      committed: async () => calls.push('committed'),
      jobEnded: async () => calls.push('gathered'),
    },
  } as unknown as Queue;
  const context = { settings: { domainDelayMs: 100 } } as unknown as Context;
  const completed = { over: true, links: ['/page'], known: new Map([['/page', 0.5]]), begunMs: 0 };
  await afterCompletion(context, queue, { jobId: 'job' } as ClaimedTask, completed);
  expect(calls).toEqual(['committed', 'cache', 'gathered']);
});
