import { expect, test } from 'vitest';
import { lockQueues, type LockSession } from './lock-queue.ts';

const session = (
  pid: number,
  name: string,
  does: string,
  blockers: number[] = [],
  more: Partial<LockSession> = {},
): LockSession => ({
  pid,
  blockers,
  relation: blockers.length === 0 ? '' : 'items',
  name,
  state: 'active',
  does,
  seconds: 1,
  ...more,
});

test('everybody behind the migration, the migration behind the dump', () => {
  const readers = [4, 5, 6].map((pid) => session(pid, 'shop', 'SELECT', [2]));
  const queues = lockQueues([session(1, 'pg_dump', 'COPY'), session(2, 'migrate', 'ALTER TABLE', [1]), ...readers]);
  expect(queues).toEqual([
    {
      labels: {
        relation: 'items',
        holder: 'pg_dump',
        holder_state: 'active',
        holder_does: 'COPY',
        first: 'migrate',
        first_does: 'ALTER TABLE',
      },
      value: 4,
    },
  ]);
});

test('two holders are two queues; a circle has none that waits for nobody', () => {
  const apart = lockQueues([
    session(1, 'a', 'UPDATE'),
    session(2, 'b', 'UPDATE', [1]),
    session(3, 'c', 'LOCK'),
    session(4, 'd', 'SELECT', [3]),
  ]);
  expect(apart.map(({ labels, value }) => [labels['holder'], value])).toEqual([
    ['a', 1],
    ['c', 1],
  ]);
  expect(lockQueues([session(1, 'a', 'UPDATE', [2]), session(2, 'b', 'UPDATE', [1])])).toEqual([]);
});

test('a prepared transaction has no process: it is named all the same', () => {
  const [queue] = lockQueues([session(2, 'shop', 'UPDATE', [0]), session(3, 'shop', 'UPDATE', [2, 0])]);
  expect(queue).toMatchObject({ value: 2, labels: { holder: 'a prepared transaction', first: 'shop' } });
  // As pg_stat_activity has it: a row of nothing.
  const [same] = lockQueues([session(0, '', ''), session(2, 'shop', 'UPDATE', [0])]);
  expect(same!.labels['holder']).toBe('a prepared transaction');
});
