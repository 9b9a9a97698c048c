import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { memoryOf, readProcessTable, treeCounter } from './process-usage.ts';

/** Programs for node -e: one that burns 300 ms of CPU, and one that waits for it and stays. */
const burn = `
  const spent = () => { const { user, system } = process.cpuUsage(); return user + system; };
  while (spent() < 300_000);`;
const burnInChild = `
  const { spawnSync } = require('child_process');
  spawnSync(process.execPath, ['-e', ${JSON.stringify(burn)}]);
  setTimeout(() => {}, 30_000);
  process.stdout.write('done')`;

test('a tree is found alike by its children and by their parents', async () => {
  const shell = spawn('sh', ['-c', 'sleep 30 & sleep 30 & wait'], { detached: true });
  try {
    await sleep(200);
    const pids = (byParents: boolean): number[] =>
      readProcessTable(byParents)
        .treeOf(shell.pid!)
        .map(({ pid }) => pid)
        .sort((a, b) => a - b);
    expect(pids(false)).toHaveLength(3);
    expect(pids(true)).toEqual(pids(false));
    expect(readProcessTable().treeOf(shell.pid!)[0]?.pid).toBe(shell.pid);
    expect(memoryOf(readProcessTable().treeOf(shell.pid!))).toBeGreaterThan(100_000);
  } finally {
    process.kill(-shell.pid!, 'SIGKILL');
    await once(shell, 'close');
  }
  expect(readProcessTable().treeOf(shell.pid!)).toEqual([]);
});

test('a child that came and went stays counted', async () => {
  const parent = spawn(process.execPath, ['-e', burnInChild]);
  try {
    const counter = treeCounter();
    counter.read(readProcessTable().treeOf(parent.pid!));
    await once(parent.stdout, 'data');
    const tree = readProcessTable().treeOf(parent.pid!);
    expect(tree).toHaveLength(1);
    expect(counter.read(tree).cpuSeconds).toBeGreaterThan(0.15);
  } finally {
    parent.kill('SIGKILL');
    await once(parent, 'close');
  }
});

test('a part that was started again goes on from where it was', async () => {
  const counter = treeCounter();
  const seen: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    const part = spawn(process.execPath, ['-e', `${burn} process.stdout.write('done'); setTimeout(() => {}, 30_000)`]);
    await once(part.stdout, 'data');
    seen.push(counter.read(readProcessTable().treeOf(part.pid!)).cpuSeconds);
    part.kill('SIGKILL');
    await once(part, 'close');
    // While it is down nothing is added.
    expect(counter.read(readProcessTable().treeOf(part.pid!)).cpuSeconds).toBe(seen.at(-1));
  }
  expect(seen[1]! - seen[0]!).toBeGreaterThan(0.15);
});

test('waiting for a CPU is counted', async () => {
  const parts = Array.from({ length: 4 }, () => spawn(process.execPath, ['-e', burn]));
  const counter = treeCounter();
  const read = (): number => counter.read(parts.flatMap((part) => readProcessTable().treeOf(part.pid!))).runWaitSeconds;
  const before = read();
  await sleep(500);
  expect(read()).toBeGreaterThan(before);
  await Promise.all(parts.map((part) => (part.exitCode === null ? once(part, 'close') : undefined)));
});

describe('CPU of processes that come and go', () => {
  const stat = (pid: number, parentPid: number, ownTicks: number, reapedTicks = 0) => ({
    pid,
    parentPid,
    startTime: '1',
    threads: 1,
    ownTicks,
    reapedTicks,
  });
  const read = (...looks: ReturnType<typeof stat>[][]): number[] => {
    const counter = treeCounter();
    return looks.map((tree) => Math.round(counter.read(tree).cpuSeconds * 100));
  };

  test('a child that is waited for is counted once, with what it did at last', () => {
    expect(read([stat(1, 0, 10), stat(2, 1, 100)], [stat(1, 0, 11, 130)])).toEqual([110, 141]);
  });

  test('one that nobody waits for stays counted, and the next begins at once', () => {
    const looks = [
      [stat(1, 0, 10), stat(2, 1, 100)],
      [stat(1, 0, 10), stat(3, 1, 5)],
      [stat(1, 0, 10), stat(3, 1, 40)],
    ];
    expect(read(...looks)).toEqual([110, 115, 150]);
  });

  test('a family that ends together is counted once', () => {
    expect(read([stat(1, 0, 0), stat(2, 1, 20), stat(3, 2, 30)], [stat(1, 0, 0, 50)])).toEqual([50, 50]);
  });

  test('a root that is started again goes on', () => {
    expect(read([stat(1, 0, 10, 5)], [], [stat(9, 0, 3)])).toEqual([15, 15, 18]);
  });
});
