import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalFile, mendFaults } from './mend.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-mend-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const menderOf = (text: string): string => {
  const file = path.join(folder, 'mender.mjs');
  writeFileSync(file, text);
  return file;
};

test('the module that the run has named replays its journal', async () => {
  writeFileSync(journalFile(folder), '');
  const mender = menderOf('export const replayJournal = async (file) => [`replayed ${file}`];');
  expect(await mendFaults({ folder, mender })).toEqual([`replayed ${journalFile(folder)}`]);
});

test('a run that has named none, or has no journal, has broken nothing', async () => {
  const mender = menderOf("throw new Error('loaded')");
  expect(await mendFaults({ folder, mender })).toEqual([]);
  writeFileSync(journalFile(folder), '');
  expect(await mendFaults({ folder })).toEqual([]);
});

test('a module that breaks, or is there no more, is a line and keeps nothing else from being cleared', async () => {
  writeFileSync(journalFile(folder), '');
  const broken = menderOf("export const replayJournal = () => Promise.reject(new Error('no'));");
  expect(await mendFaults({ folder, mender: broken })).toEqual(['fault journal: no']);
  const gone = path.join(folder, 'gone.mjs');
  expect(await mendFaults({ folder, mender: gone })).toEqual([expect.stringMatching(/^fault journal: .*gone/)]);
});
