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
  // A backslash is one like any other where no E stands before the quote.
  ["SELECT 'C:\\'; SET ROLE nobody; SELECT 'x'", 'set'],
  [`SELECT 1 AS "it's"; LISTEN a`, 'listen'],
])('%s leaves something in the session', (sql, name) => {
  expect(sessionTracesOf(sql).map((statement) => statement.map((trace) => trace.name))).toEqual([[name]]);
});

test.each([
  'SET LOCAL statement_timeout = 5',
  'SET /* trace */  LOCAL statement_timeout = 5',
  'SET\n  TRANSACTION READ ONLY',
  'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  'SET CONSTRAINTS ALL DEFERRED',
  'UPDATE t SET a = 1',
  "SELECT set_config('a.b', '1', true)",
  'SELECT pg_advisory_xact_lock(1)',
  'CREATE TEMP TABLE t (a int) ON COMMIT DROP',
  'DECLARE c CURSOR FOR SELECT 1',
  "PREPARE  TRANSACTION 'x'",
  '/* a /* b */ ; LISTEN a */ SELECT 1',
  "SELECT E'it\\'s; LISTEN a'",
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

test('of several statements each counts once, whatever else is done of its kind', () => {
  const played = Played.loggedIn()
    .client(client.query('SELECT 1; SELECT pg_advisory_lock(1); SELECT 2; SET a.b = 1; SET a.c = 2'))
    .server(...['SELECT 1', 'SELECT 1', 'SELECT 1', 'SET', 'SET'].map(server.complete), server.ready());
  expect(played.group.sessionState).toEqual({ 'advisory lock': 1, set: 2 });
});

test('a fingerprint holds no literal', () => {
  expect(fingerprintOf("INSERT INTO a1 VALUES (1, 'secret', 2.5), (E'it\\'s', $$x$$)  -- secret\n RETURNING id")).toBe(
    'INSERT INTO a1 VALUES (?), (?) RETURNING id',
  );
  expect(fingerprintOf("SELECT 'cut off in the mid")).toBe('SELECT ?');
  expect(fingerprintOf("SELECT E'cut off\\")).toBe('SELECT ?');
  expect(fingerprintOf("SELECT 'a\\', 'secret', 0xff, 1e6, .5, 1_000 FROM t1 WHERE a = $1")).toBe(
    'SELECT ? FROM t1 WHERE a = $1',
  );
  expect(fingerprintOf(`SELECT "it's", 'secret', $a1$secret$a1$ FROM a$b$c`)).toBe(`SELECT "it's", ? FROM a$b$c`);
});
