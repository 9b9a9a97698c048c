import { expect, test } from 'vitest';
import { client, Played, server } from '../fixtures/wire.ts';
import { fingerprintOf, sessionTracesOf } from './sql.ts';

test.each([
  ['LISTEN jobs', 'listen'],
  ['SET search_path = a', 'set'],
  ['  /* from the service */ set session statement_timeout = 5', 'set'],
  ['SELECT 1; SET ROLE nobody', 'set'],
  ["SELECT set_config('a.b', '1', false)", 'set'],
  ['SELECT pg_advisory_lock(1)', 'advisory lock'],
  ['SELECT pg_try_advisory_lock_shared($1, $2)', 'advisory lock'],
  ['CREATE TEMP TABLE t (a int)', 'temporary table'],
  ['create temporary view v as select 1', 'temporary table'],
  ['SELECT a INTO TEMP t FROM b', 'temporary table'],
  ['DECLARE c CURSOR WITH HOLD FOR SELECT 1', 'cursor with hold'],
  ['PREPARE s AS SELECT 1', 'prepare'],
])('%s leaves something in the session', (sql, name) => {
  expect(sessionTracesOf(sql).map((trace) => trace.name)).toEqual([name]);
});

test.each([
  'SET LOCAL statement_timeout = 5',
  'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  'SET CONSTRAINTS ALL DEFERRED',
  'UPDATE t SET a = 1',
  "SELECT set_config('a.b', '1', true)",
  'SELECT pg_advisory_xact_lock(1)',
  'CREATE TEMP TABLE t (a int) ON COMMIT DROP',
  'DECLARE c CURSOR FOR SELECT 1',
  "PREPARE TRANSACTION 'x'",
  "SELECT '; LISTEN a; SET b = 1'",
  'SELECT $$; PREPARE a$$ -- ; LISTEN b',
  'SELECT settings FROM listeners',
])('%s leaves nothing', (sql) => {
  expect(sessionTracesOf(sql)).toEqual([]);
});

test('it counts once the server says that it is done, by the extended protocol each time it runs', () => {
  const played = Played.loggedIn()
    .query('LISTEN a', 'LISTEN')
    .query('BEGIN; LISTEN b; SELECT 1; COMMIT', 'LISTEN')
    .client(client.query('LISTEN c'))
    .server(server.error('42601'), server.ready())
    .client(client.parse('SELECT pg_advisory_lock($1)', 'lock'), client.sync())
    .server(server.parsed(), server.ready());
  for (let run = 0; run < 3; run += 1) {
    played.client(client.bind('lock'), client.execute(), client.sync());
    played.server(server.bound(), server.complete('SELECT 1'), server.ready());
  }
  expect(played.group.sessionState).toEqual({ listen: 2, 'prepared name': 1, 'advisory lock': 3 });
});

test('a fingerprint holds no literal', () => {
  expect(fingerprintOf("INSERT INTO a1 VALUES (1, 'secret', 2.5), (E'it\\'s', $$x$$)  -- secret\n RETURNING id")).toBe(
    'INSERT INTO a1 VALUES (?), (?) RETURNING id',
  );
  expect(fingerprintOf("SELECT 'cut off in the mid")).toBe('SELECT ?');
});
