import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { classifyError } from './classify.ts';
import { errorFamilies } from './error-families.ts';
import { signatures } from './error-signatures.ts';
import { errorsDocument } from './errors-document.ts';
import { sqlstates } from './sqlstates.ts';
import { renderWhy } from './why.ts';

describe('each message of the table', () => {
  test.each(signatures.map((signature) => [signature.example, signature] as const))('%s', (example, signature) => {
    const family = errorFamilies.find(({ id }) => id === signature.family);
    expect(family, `no family ${signature.family}`).toBeDefined();
    for (const text of [
      example,
      `error: ${example}`,
      `2026-11-21 10:00:00.000 UTC [1] ERROR C-0x55: app/app@127.0.0.1:5 pooler error: ${example}`,
    ]) {
      expect(classifyError(text), 'an earlier pattern of the table takes it').toMatchObject({
        family: signature.family,
        outcome: signature.outcome ?? family!.outcome,
        signature,
      });
    }
  });
});

describe('what is easily taken for something else', () => {
  test.each([
    // PgBouncer: an underscore tells "still queued" from "may have run".
    ['query_timeout', 'pooler-wait', 'not-executed'],
    ['query timeout', 'client-timeout', 'unknown'],
    ['query_wait_timeout', 'pooler-wait', 'not-executed'],
    ['server conn crashed?', 'connection-lost', 'unknown'],
    ['Connection terminated due to connection timeout', 'connect-timeout', 'not-executed'],
    ['Connection terminated unexpectedly', 'connection-lost', 'unknown'],
    ['terminating connection due to idle-in-transaction timeout', 'idle-timeout', 'rolled-back'],
    ['the database system is in recovery mode', 'server-restart', 'not-executed'],
    ['prepared statement "s1" does not exist', 'pool-mode', 'rolled-back'],
    ['role "nobody" does not exist', 'auth', 'not-executed'],
    ['relation "jobs" does not exist', 'sql', 'rolled-back'],
    ['canceling statement due to conflict with recovery', 'serialization', 'rolled-back'],
    ['cannot execute UPDATE during recovery', 'read-only', 'rolled-back'],
    ['could not fork new process for connection: Resource temporarily unavailable', 'memory', 'not-executed'],
    ['JavaScript heap out of memory', 'memory', 'unknown'],
    ['FATAL: Tenant or user not found', 'auth', 'not-executed'],
    ['connection to server at "db", port 5432 failed: SSL error: certificate verify failed', 'auth', 'not-executed'],
    ['SSL error: decryption failed or bad record mac', 'connection-lost', 'unknown'],
    ['unable to read data from DB node 0', 'connection-lost', 'unknown'],
    ['received invalid response to SSL negotiation: H', 'auth', 'not-executed'],
    ['Unable to acquire a connection from the pool within the timeout', 'pool-wait', 'unknown'],
    [
      'org.apache.http.conn.ConnectionPoolTimeoutException: Timeout waiting for connection from pool',
      'other',
      'unknown',
    ],
    ['Could not get connection from pool: { pool_name: "shop", error: AllServersDown }', 'pooler-down', 'not-executed'],
    ["<class 'asyncpg.exceptions._base.InterfaceError'>: connection is closed", 'connection-lost', 'not-executed'],
    ['redis: could not get a connection from the pool', 'elsewhere', 'unknown'],
    ['database is not accepting commands that assign new XIDs to avoid wraparound', 'read-only', 'rolled-back'],
    ['server process (PID 7) was terminated by signal 9: Killed', 'server-restart', 'unknown'],
  ])('%s is %s, %s', (text, family, outcome) => {
    expect(classifyError(text)).toMatchObject({ family, outcome });
  });
});

describe('where the words are not known', () => {
  test.each([
    ['etwas anderes', '53300', 'no-slot'],
    ['etwas', '23505', 'constraint'],
    ['etwas', '42703', 'sql'],
    ['etwas', '57P03', 'server-restart'],
    ['53300', null, 'no-slot'],
    ['error (SQLSTATE 40001)', null, 'serialization'],
    ['etwas', '08P01', 'other'],
    ['etwas', null, 'other'],
  ])('%s with %s is %s', (text, sqlstate, family) => {
    expect(classifyError(text, sqlstate).family).toBe(family);
  });

  test('every SQLSTATE leads to a family that exists', () => {
    for (const { family } of Object.values(sqlstates)) expect(errorFamilies.map(({ id }) => id)).toContain(family);
  });

  test('an unknown error never counts as known to be undone', () => {
    expect(classifyError('something else').outcome).toBe('unknown');
  });
});

test('the words win over the SQLSTATE: behind PgBouncer all is 08P01', () => {
  expect(classifyError('query_wait_timeout', '08P01').family).toBe('pooler-wait');
  expect(classifyError('no such database: app', '08P01').family).toBe('auth');
});

test('pgsurge why names family, outcome, cause and next step', () => {
  const answer = renderWhy(classifyError('FATAL: sorry, too many clients already'));
  for (const word of ['no-slot', 'not-executed', 'safe to retry', 'likely', 'next step'])
    expect(answer).toContain(word);
});

test.each([
  ['remaining connection slots are reserved for roles with the SUPERUSER attribute', 'Postgres 16 and newer'],
  [
    'remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role',
    'Postgres 16 and newer',
  ],
  ['remaining connection slots are reserved for non-replication superuser connections', 'Postgres up to 15'],
])('pgsurge why tells whose words they are: %s', (text, by) => {
  expect(renderWhy(classifyError(text))).toMatch(new RegExp(`said by +${by}`));
});

test('docs/errors.md is the table', () => {
  const file = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  expect(file, 'docs/errors.md differs from the table: run node harness/measure/errors/write-errors-document.ts').toBe(
    errorsDocument(),
  );
});
