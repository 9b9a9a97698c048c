import { expect, test } from 'vitest';
import { explain, renderExplained } from './explain.ts';

test.each([
  ['read ETIMEDOUT', 'connection-lost', 'unknown'],
  ['connect ETIMEDOUT 10.0.0.5:5432', 'connect-timeout', 'not-executed'],
  ['failed to acquire advisory lock: context deadline exceeded', 'client-timeout', 'unknown'],
  ['Lock wait timeout expired', 'lock-timeout', 'unknown'],
  ['PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device', 'disk', 'unknown'],
  [
    '2026-11-28 09:00:00 UTC [1] PANIC:  could not write to file "pg_wal/x": No space left on device',
    'disk',
    'unknown',
  ],
])('pgsurge why never vouches for what is not proven: %s', (text, family, outcome) => {
  expect(explain(text)).toMatchObject({ family, outcome });
});

test('a line of a log is read as its logger wrote it', () => {
  const line =
    '{"level":60,"err":{"message":"remaining connection slots are reserved for x","code":"53300"},"msg":"no login"}';
  expect(explain(line)).toMatchObject({ family: 'no-slot', outcome: 'not-executed', level: null });
});

test('a line that says of itself that it is no error is none', () => {
  expect(renderExplained('2026-11-28T09:14:00Z INFO budget: no error, no timeout in the last hour')).toMatch(
    /^No error/,
  );
  const wait =
    '2026-11-28 03:10:41.377 UTC [4702] app@shop LOG:  process 1 still waiting for ShareLock on x after 1 ms';
  expect(explain(wait)).toMatchObject({ family: 'lock-timeout', level: 'info' });
  expect(renderExplained(wait)).toContain('do not send it again');
});

test('what an exception follows from is told beneath it', () => {
  const text = [
    'java.sql.SQLTransientConnectionException: main - Connection is not available, request timed out ' +
      'after 1ms (total=0, active=0, idle=0, waiting=7)',
    '\tat com.zaxxer.hikari.pool.HikariPool.x(HikariPool.java:1)',
    'Caused by: org.postgresql.util.PSQLException: FATAL: the database system is shutting down',
  ].join('\n');
  expect(explain(text)).toMatchObject({ family: 'pool-empty', beneath: [{ family: 'server-restart' }] });
  expect(renderExplained(text)).toMatch(/A larger pool changes nothing[^]*beneath it +Postgres is restarting/);
});

test('an unrelated 0A000 is no stale plan', () => {
  expect(explain('x is not supported', '0A000').family).toBe('sql');
  expect(explain('cached plan must not change result type').family).toBe('stale-plan');
});
