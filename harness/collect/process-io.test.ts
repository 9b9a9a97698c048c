import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { groupInputOutput, inputOutputCounter } from './process-io.ts';
import { readProcessTable } from './process-usage.ts';

/** Writes 4 MiB to the disk, says so and stays. */
const writer = (file: string): string => `
  const fs = require('fs');
  const descriptor = fs.openSync(${JSON.stringify(file)}, 'w');
  fs.writeSync(descriptor, Buffer.alloc(4 * 2 ** 20, 1));
  fs.fsyncSync(descriptor);
  process.stdout.write('done');
  setTimeout(() => {}, 30_000);`;

test('what was written is counted, also over a restart; an ended tree tells nothing', async () => {
  const folder = mkdtempSync(path.join(process.cwd(), 'node_modules', '.io-'));
  const counter = inputOutputCounter();
  try {
    for (const round of [1, 2]) {
      const child = spawn(process.execPath, ['-e', writer(path.join(folder, 'file'))]);
      await once(child.stdout, 'data');
      const tree = readProcessTable().treeOf(child.pid!);
      expect(counter(tree)?.diskWriteBytes).toBeGreaterThanOrEqual(round * 4 * 2 ** 20);
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(counter(tree)).toBeNull();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a control group tells of all its devices', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-io-'));
  try {
    expect(groupInputOutput(folder)).toBeNull();
    const lines = ['8:0 rbytes=100 wbytes=20 rios=1 wios=1 dbytes=0 dios=0', '8:16 rbytes=11 wbytes=2 rios=1 wios=1'];
    writeFileSync(path.join(folder, 'io.stat'), lines.join('\n'));
    expect(groupInputOutput(folder)).toEqual({ diskReadBytes: 111, diskWriteBytes: 22 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
