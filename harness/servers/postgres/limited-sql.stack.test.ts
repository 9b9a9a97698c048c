/** Every wait of a statement of the harness has a limit, and the error says which. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PostgresConnection } from './connection.ts';
import { limitedSql } from './limited-sql.ts';
import { defaultStackSpec } from '../../stack/spec.ts';
import { startStack } from '../../stack/start.ts';
import type { StartedStack } from '../../stack/stack.ts';
import { createWorkspace, type Workspace } from '../../system/workspace.ts';

let workspace: Workspace;
let stack: StartedStack;
let logsFolder = '';
beforeAll(async () => {
  workspace = await createWorkspace('sql test');
  logsFolder = mkdtempSync(path.join(tmpdir(), 'pgsurge-sql-'));
  stack = await startStack('local', defaultStackSpec, { workspace, logsFolder, log: () => undefined });
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  rmSync(logsFolder, { recursive: true, force: true });
});

const open = (statementMs = 600, lockMs = 200): Promise<PostgresConnection> =>
  limitedSql(stack.databaseUrl('owner'), 'pgsurge-test', 'a final read', { statementMs, lockMs });

test('a lock that is not given, a statement that does not end', async () => {
  await using holder = await open(5000);
  await using waiter = await open();
  await holder.query('CREATE TABLE held ()');
  await holder.query('BEGIN');
  await holder.query('LOCK held');
  await expect(waiter.query('SELECT * FROM held')).rejects.toThrow(
    /^a final read got no lock within 0\.2 s \(canceling statement due to lock timeout\)$/,
  );
  await expect(waiter.query('SELECT pg_sleep(5)')).rejects.toThrow(
    /^a final read was not done within 0\.6 s \(canceling statement due to statement timeout\)$/,
  );
  await expect(waiter.query('SELECT 1 FROM nowhere')).rejects.toThrow(/^relation "nowhere" does not exist$/);
});

test('a server that answers nothing at all, to a statement and to a login', { tags: 'full' }, async () => {
  await using client = await open();
  const [row] = await client.query('SELECT pg_backend_pid() AS pid');
  const database = stack.components.find(({ name }) => name === 'database')!;
  process.kill((row as { pid: number }).pid, 'SIGSTOP');
  await database.kill('SIGSTOP');
  try {
    await expect(client.query('SELECT 1')).rejects.toThrow(/^a final read had no answer within 2\.6 s/);
    await expect(open()).rejects.toThrow(/^a final read got no connection within 5 s$/);
  } finally {
    await database.kill('SIGCONT');
    process.kill((row as { pid: number }).pid, 'SIGCONT');
  }
});
