import { expect, test } from 'vitest';
import { hopOf } from './collectors/tap.ts';

const poolers = [{ host: 'localhost', port: 6432 }];

test('a tap that passes on to the pooler stands before it, whether it was told so or not', () => {
  expect(hopOf({ hop: 'service-database', upstream: '127.0.0.1:6432' }, poolers)).toBe('service-pooler');
  expect(hopOf({ hop: 'service-database', upstream: '127.0.0.1:5432' }, poolers)).toBe('service-database');
  expect(hopOf({ hop: 'service-database', upstream: '127.0.0.1:6432' }, [])).toBe('service-database');
  expect(hopOf({ hop: 'jobs', upstream: '127.0.0.1:6432' }, poolers)).toBe('jobs');
});
