import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lostLine } from './lost.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-lost-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const said = (log: string, how: string, title = 'Postgres'): string => {
  const logFile = path.join(folder, 'server.log');
  writeFileSync(logFile, log);
  return lostLine({ title, how, logFile }, '12 s into baseline');
};

const sessions =
  '2026-11-21 20:00:00.000 UTC [7] app@pgsurge/service-0 FATAL:  terminating connection due to administrator ' +
  'command\n';

test('killed: nothing in the log, and what other sessions were told is not its reason', () => {
  expect(said(sessions, 'SIGKILL')).toBe(
    'Postgres ended by itself 12 s into baseline (SIGKILL); somebody killed it, or the kernel for want of memory ' +
      '(dmesg tells): run again with nothing else on this host',
  );
});

test("the server's own last words, without time and level", () => {
  expect(
    said(
      `${sessions}2026-11-21 20:00:01.000 UTC [1] PANIC:  could not write to file "pg_wal/xlogtemp.9": No space ` +
        `left on device\n${sessions}`,
      'SIGABRT',
    ),
  ).toBe(
    'Postgres ended by itself 12 s into baseline (SIGABRT): could not write to file "pg_wal/xlogtemp.9": No space ' +
      'left on device; free some space, or set TMPDIR to a larger disk, and run again',
  );
  expect(
    said(
      '2026-11-21 20:00:01.000 UTC [1] LOG:  received fast shutdown request\n2026-11-21 20:00:01.050 UTC [9] ' +
        'app@pgsurge/service-0 FATAL:  the database system is shutting down\n2026-11-21 20:00:01.060 UTC [8] LOG:  ' +
        'shutting down\n2026-11-21 20:00:01.100 UTC [1] LOG:  database system is shut down\n',
      'exit 0',
    ),
  ).toBe(
    'Postgres ended by itself 12 s into baseline (exit 0): received fast shutdown request; somebody stopped it: ' +
      'leave the processes of a run alone, and run again',
  );
  expect(
    said(
      '2026-11-21 20:00:01.000 UTC [5] LOG C-0x1: pgsurge/app@127.0.0.1:2 closing because: client unexpected eof\n' +
        '2026-11-21 20:00:01.000 UTC [5] FATAL @src/main.c:1 in x(): event_loop failed\n',
      'exit 1',
      'PgBouncer 1',
    ),
  ).toBe(
    'PgBouncer 1 ended by itself 12 s into baseline (exit 1): @src/main.c:1 in x(): event_loop failed; look into ' +
      'its log, then run again',
  );
});

test('a log that is not there is no reason to be silent', () => {
  expect(
    lostLine({ title: 'Toxiproxy', how: 'exit 2', logFile: path.join(folder, 'none') }, 'before the load of 2x began'),
  ).toMatch(/^Toxiproxy ended by itself before the load of 2x began \(exit 2\); look into its log/);
});
