import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exclusively } from './exclusive.ts';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pgsurge-exclusive-'));
  lock = path.join(folder, 'deep/lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('one after the other, and the lock is gone after', async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, (inside += 1));
    await new Promise((resolve) => setTimeout(resolve, 30));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => exclusively(lock, work, { limitMs: 10_000 })));
  expect(most).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test('work that throws frees the lock', async () => {
  await expect(exclusively(lock, () => Promise.reject(new Error('work')), { limitMs: 1000 })).rejects.toThrow('work');
  expect(existsSync(lock)).toBe(false);
});

test("a dead owner's lock is taken over", async () => {
  const { pid } = spawnSync('true');
  await exclusively(lock, async () => {}, { limitMs: 1000 });
  await writeFile(lock, `${pid}\n`);
  expect(await exclusively(lock, async () => 'done', { limitMs: 500 })).toBe('done');
});

test('so is one from before the machine was started, whoever has the id now', async () => {
  await exclusively(lock, async () => {}, { limitMs: 1000 });
  await writeFile(lock, `${process.pid}\n`);
  await utimes(lock, 1000, 1000);
  expect(await exclusively(lock, async () => 'done', { limitMs: 500 })).toBe('done');
});

test('a living owner is waited for no longer than the limit, which the error names', async () => {
  await exclusively(lock, async () => {}, { limitMs: 1000 });
  await writeFile(lock, `${process.pid}\n`);
  await expect(exclusively(lock, async () => {}, { limitMs: 1000 })).rejects.toThrow(
    /process \d+ has held .*lock for over 1 s/,
  );
});
