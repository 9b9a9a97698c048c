/** Wrong input on the command line: one line, the right exit code, nothing left running. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import type { KeptStack } from './keeper.ts';
import { isAlive } from '../system/proc.ts';

const root = path.resolve(import.meta.dirname, '../..');
const state = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-cli-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

const pgsurge = (...args: string[]): Promise<{ exitCode?: number; stderr: string }> =>
  execa(process.execPath, ['bin/pgsurge.mjs', ...args], {
    cwd: root,
    reject: false,
    env: { PGSURGE_STATE_DIR: state },
  });

test.each([
  ['history', '--reports', 'package.json'],
  ['history', '--reports', state, '--out', 'package.json'],
  ['run', 'baseline', '--profile', 'smoke', '--reports', 'package.json'],
])('a file where a folder is needed: %s %s %s', async (...args) => {
  const { exitCode, stderr } = await pgsurge(...args);
  expect(stderr).toMatch(/^pgsurge: \S*package\.json\S* is a file.*--reports or --out$/);
  expect(exitCode).toBe(2);
});

test.each([
  [
    ['--resume', 'killed', '--profile', 'full', '--seed', '9', '--variant', 'zzz'],
    '--resume goes on as the run began: leave out --profile, --variant, --seed, or start a new run without --resume',
  ],
  [
    ['--resume', 'killed', '--dry-run', '--json', '--reports', state, '--baseline', 'v1'],
    'there is no saved run "killed"',
  ],
  [['baseline', '--against', '.', '--baseline', 'v1'], '--against and --baseline are two comparisons'],
  [['baseline', '--database-url', 'postgres://u@127.0.0.1/x'], '--database-url needs --stack external'],
])('options that cannot go together are named: run %s', async (args, line) => {
  const { exitCode, stderr } = await pgsurge('run', ...args);
  expect(stderr).toContain(`pgsurge: ${line}`);
  expect(exitCode).toBe(2);
});

test('up with an unknown stack says so, and leaves no process that the next up would take for a stack', async () => {
  const { exitCode, stderr } = await pgsurge('up', '--stack', 'foo');
  expect(stderr).toMatch(/^pgsurge: .*foo/);
  expect(stderr).not.toContain('defect');
  expect(exitCode).toBe(2);
  const kept = JSON.parse(readFileSync(path.join(state, 'up.json'), 'utf8')) as KeptStack;
  await expect.poll(() => isAlive(kept)).toBe(false);
});

test('the selftest while a run holds the lock is wrong use, not a defect', async () => {
  const lock = JSON.stringify(path.join(root, 'harness/system/lock.ts'));
  const hold = `
    const { acquireLock } = await import(${lock});
    globalThis.held = await acquireLock();
    console.log('held');
    setInterval(() => {}, 1000);`;
  const busy = execa(process.execPath, ['--input-type=module', '-e', hold], {
    env: { PGSURGE_STATE_DIR: state },
    reject: false,
  });
  await new Promise((resolve) => {
    busy.stdout.once('data', resolve);
  });
  const { exitCode, stderr } = await pgsurge(
    'selftest',
    '--only',
    'empty-ledger',
    '--reports',
    path.join(state, 'reports'),
  );
  busy.kill('SIGKILL');
  await busy;
  expect(stderr).not.toContain('defect');
  expect(exitCode).toBe(2);
  expect(readdirSync(state)).not.toContain('reports');
});
