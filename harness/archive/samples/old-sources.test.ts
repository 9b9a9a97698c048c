import { expect, test } from 'vitest';
import { currentSourceName } from './old-sources.ts';

test('a source of an old run is known by the name it has today', () => {
  const old = ['pgbouncer-log', 'pgbouncer-log (pooler)', 'pgbouncer-pools of pooler 1', 'pgbouncer-stats', 'k6'];
  expect(old.map(currentSourceName)).toEqual([
    'pooler-log',
    'pooler-log (pooler)',
    'pooler-pools of pooler 1',
    'pooler-stats',
    'k6',
  ]);
});
