import { expect, test } from 'vitest';
import type { Session } from '../app-pool.ts';
import type { Context } from '../context.ts';
import { parseSettings } from '../settings.ts';
import { createPriorities } from './priorities.ts';

/** Notes what is asked of it. */
const sessionOf = (name: string, asked: string[]): Session =>
  ({
    query: async (title: string) => {
      asked.push(`${name}: ${title}`);
      return [{ written: 1, changed: 1 }];
    },
  }) as unknown as Session;

const contextOf = (priorityMode: string, asked: string[]): Context =>
  ({
    settings: parseSettings(JSON.stringify({ priorityMode })),
    log: { warn: (line: string) => asked.push(line) },
    metrics: { tally: () => ({ add: () => undefined }) },
    pool: sessionOf('pool', asked),
  }) as unknown as Context;

/** Written within the transaction, a row is kept until its end, and no claim takes the task meanwhile. */
test.each([
  ['no-op-detection', 'pool: update priority'],
  ['debounced', 'pool: update priority'],
  ['each-link', 'transaction: update priority'],
  ['notify', 'transaction: notify priorities'],
])('%s writes where it should: %s', async (mode, where) => {
  const asked: string[] = [];
  const priorities = createPriorities(contextOf(mode, asked));
  const known = new Map([['/page', 0.1]]);
  await priorities.raise(sessionOf('transaction', asked), 'job', ['/page'], known);
  await priorities.committed('job', ['/page'], known);
  await priorities.stop();
  expect(asked).toEqual([where]);
});
