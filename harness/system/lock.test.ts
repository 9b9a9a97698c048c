import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock } from './lock.ts';
import { waitUntil } from './wait.ts';

const holderFile = fileURLToPath(new URL('./fixtures/holder.ts', import.meta.url));
const holders: ChildProcess[] = [];
let state = '';

beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-state-'));
  process.env['PGSURGE_STATE_DIR'] = state;
});

afterEach(() => {
  for (const holder of holders.splice(0)) holder.kill('SIGKILL');
  delete process.env['PGSURGE_STATE_DIR'];
  rmSync(state, { recursive: true, force: true });
});

/** Settles with its pid once it holds the lock, or with its error text. */
const startHolder = (): { child: ChildProcess; outcome: Promise<string> } => {
  const child = spawn(process.execPath, ['--no-warnings', holderFile, 'lock'], { stdio: ['ignore', 'pipe', 'pipe'] });
  holders.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      said += String(chunk);
    });
  const outcome = waitUntil('the holder', () => /"pid":\d+|another pgsurge run/.exec(said)?.[0], { limitMs: 15_000 });
  return { child, outcome };
};

test('a second run is refused by name, a released lock is free again', async () => {
  const lock = await acquireLock();
  await expect(acquireLock()).rejects.toThrow(
    new RegExp(
      `another pgsurge run is going: pid ${process.pid} \\(.+\\), since .+; wait for it, or end it: ` +
        `kill -INT ${process.pid}`,
    ),
  );
  await lock[Symbol.asyncDispose]();
  writeFileSync(
    path.join(state, 'lock.999999.json'),
    JSON.stringify({ boot: 'an earlier one', owner: { pid: 999_999, startTime: '1', command: '' }, since: '' }),
  );
  await (await acquireLock())[Symbol.asyncDispose]();
  expect(readdirSync(state).filter((name) => name.startsWith('lock'))).toEqual([]);
});

test('the lock of a run killed -9 is taken over', { timeout: 20_000 }, async () => {
  const { child, outcome } = startHolder();
  expect(await outcome).toBe(`"pid":${child.pid}`);
  await expect(acquireLock()).rejects.toThrow(`pid ${child.pid}`);
  child.kill('SIGKILL');
  await new Promise((resolve) => {
    child.once('exit', resolve);
  });
  expect(existsSync(path.join(state, 'lock.json'))).toBe(true);
  await using _lock = await acquireLock();
});

test('of several that find a stale lock one gets it', { timeout: 30_000 }, async () => {
  const first = startHolder();
  await first.outcome;
  first.child.kill('SIGKILL');
  await new Promise((resolve) => {
    first.child.once('exit', resolve);
  });
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => startHolder().outcome));
  expect(outcomes.filter((outcome) => outcome.includes('"pid"'))).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome.includes('another'))).toHaveLength(3);
});
