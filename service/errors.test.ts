import { expect, test } from 'vitest';
import { databaseFailure, endsConnection, isTransient } from './errors.ts';

const error = (message: string, code?: string): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

test('each wording finds its family', () => {
  const families: [string, string | undefined, string][] = [
    ['timeout exceeded when trying to connect', undefined, 'pool-wait'],
    ['Connection terminated due to connection timeout', undefined, 'pool-wait'],
    ['query_wait_timeout', '08P01', 'pooler-wait'],
    ['no more connections allowed (max_client_conn)', '08P01', 'pooler-wait'],
    ['server login has been failing, try again later (server_login_retry)', '08P01', 'pooler-down'],
    ['sorry, too many clients already', '53300', 'no-slot'],
    ['too many connections for role "app"', '53300', 'no-slot'],
    ['prepared statement "s1" does not exist', '26000', 'pool-mode'],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED', 'connect-refused'],
    ['Connection terminated unexpectedly', undefined, 'connection-lost'],
    ['server conn crashed?', '08P01', 'connection-lost'],
    ['terminating connection due to administrator command', '57P01', 'server-restart'],
    ['the database system is starting up', '57P03', 'server-restart'],
    ['Query read timeout', undefined, 'client-timeout'],
    ['deadlock detected', '40P01', 'deadlock'],
    ['duplicate key value violates unique constraint', '23505', 'sql'],
  ];
  expect(families.map(([message, code]) => databaseFailure(error(message, code), 'run').family)).toEqual(
    families.map(([, , family]) => family),
  );
});

test('what was never sent did not happen; what died before COMMIT was rolled back', () => {
  expect(databaseFailure(error('timeout exceeded when trying to connect'), 'acquire').outcome).toBe('not-executed');
  expect(databaseFailure(error('Connection terminated unexpectedly'), 'run').outcome).toBe('rolled-back');
});

test('a COMMIT whose answer was lost may have happened; one that was refused did not', () => {
  expect(databaseFailure(error('Connection terminated unexpectedly'), 'commit').outcome).toBe('unknown');
  expect(databaseFailure(error('terminating connection due to administrator command', '57P01'), 'commit').outcome).toBe(
    'unknown',
  );
  expect(databaseFailure(error('Query read timeout'), 'commit').outcome).toBe('unknown');
  expect(databaseFailure(error('server conn crashed?', '08P01'), 'commit').outcome).toBe('unknown');
  expect(databaseFailure(error('could not serialize access', '40001'), 'commit').outcome).toBe('rolled-back');
});

test('a wait for the app pool is not waited for again, a lost connection is replaced', () => {
  const wait = databaseFailure(error('timeout exceeded when trying to connect'), 'acquire');
  const lost = databaseFailure(error('Connection terminated unexpectedly'), 'run');
  const wrong = databaseFailure(error('syntax error', '42601'), 'run');
  expect([wait, lost, wrong].map(isTransient)).toEqual([false, true, false]);
  expect([wait, lost, wrong].map(endsConnection)).toEqual([false, true, false]);
});
