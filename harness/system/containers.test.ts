import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cleanResidue } from './clean.ts';
import { removeContainers } from './containers.ts';
import { bootId } from './proc.ts';
import { readRecord, removeRecord, saveRecord, type RunRecord } from './residue.ts';

let state = '';
const pathBefore = process.env['PATH'] ?? '';
beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-state-'));
  process.env['PGSURGE_STATE_DIR'] = state;
});
afterEach(() => {
  process.env['PATH'] = pathBefore;
  delete process.env['PGSURGE_STATE_DIR'];
  rmSync(state, { recursive: true, force: true });
});

const dead = (id: string, containers: string[]): RunRecord => ({
  id,
  name: 'test',
  boot: bootId(),
  owner: { pid: 1, startTime: 'another', command: 'gone' },
  warden: null,
  startedAt: 'then',
  folder: path.join(state, id),
  processes: [],
  dataFolders: [],
  containers,
  engine: `unix://${state}/nobody.sock`,
});

test('an engine that does not answer has not said that nothing is there', async () => {
  await expect(removeContainers('a=b', { engine: `unix://${state}/nobody.sock` })).rejects.toThrow(
    /^the Docker engine cannot be asked: .+/,
  );
  process.env['PATH'] = state;
  await expect(removeContainers('a=b')).rejects.toThrow(
    'the Docker engine cannot be asked: docker is not installed here',
  );
});

test('a record that names containers stays until its engine has been asked, and stops no other', async () => {
  saveRecord(dead('1-aa', ['1-aa']));
  saveRecord(dead('2-bb', []));
  for (const _ of [1, 2]) {
    expect(await cleanResidue()).toEqual([
      expect.stringMatching(
        /^test of then: its containers are not removed yet: the Docker engine cannot be asked: .+; mend that, then: pgsurge clean \(if they are gone for good: rm \S+1-aa\.json\)$/,
      ),
    ]);
    expect([readRecord('1-aa')?.containers, readRecord('2-bb')]).toEqual([['1-aa'], null]);
  }
  removeRecord('1-aa');
});

test('without Docker, what a run without containers left is cleared as ever', async () => {
  process.env['PATH'] = state;
  saveRecord(dead('3-cc', []));
  expect(await cleanResidue()).toEqual([]);
  expect(readRecord('3-cc')).toBeNull();
});
