import { expect, test } from 'vitest';
import { dialledBy } from './addresses.ts';

const at = (port: number): { host: string; port: number } => ({ host: '127.0.0.1', port });
const proxied = { poolers: [at(1), at(2), at(3)], servicePooler: at(11), serviceDatabase: at(12) };

test('replicas share out the poolers, the first of which may stand behind a proxy', () => {
  const ports = [0, 1, 2, 3, 4].map((replica) => dialledBy(replica, 'pooler', proxied).port);
  expect(ports).toEqual([11, 2, 3, 11, 2]);
});

test('with one pooler, and on the direct route, all dial the same', () => {
  const one = { ...proxied, poolers: [at(1)] };
  expect([0, 1, 2].map((replica) => dialledBy(replica, 'pooler', one).port)).toEqual([11, 11, 11]);
  expect([0, 1, 2].map((replica) => dialledBy(replica, 'direct', proxied).port)).toEqual([12, 12, 12]);
});
