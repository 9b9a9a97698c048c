import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

/** The statuses of the cases of one file, as `npm test` and `npm run test:full` report them. */
const compared = (quick: readonly string[], full: readonly string[]): { status: number | null; stdout: string } => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-once-'));
  const reported = (name: string, statuses: readonly string[]): string => {
    const assertionResults = statuses.map((status, index) => ({ fullName: `case ${index}`, status }));
    writeFileSync(path.join(folder, name), JSON.stringify({ testResults: [{ name: 'a.test.ts', assertionResults }] }));
    return path.join(folder, name);
  };
  try {
    const script = path.join(import.meta.dirname, 'each-test-once.mjs');
    const reports = [reported('quick.json', quick), reported('full.json', full)];
    return spawnSync(process.execPath, [script, ...reports], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('every case in one of the two, whether it passed or not', () => {
  expect(compared(['passed', 'skipped', 'failed'], ['skipped', 'passed', 'skipped'])).toMatchObject({
    status: 0,
    stdout: '',
  });
});

test('a case that ran in both fails, and so does one that only one of the two knows', () => {
  expect(compared(['passed', 'passed'], ['skipped', 'passed'])).toMatchObject({
    status: 1,
    stdout: 'ran twice: a.test.ts: case 1\n',
  });
  expect(compared(['passed', 'passed'], ['skipped'])).toMatchObject({
    status: 1,
    stdout: 'a.test.ts: 2 cases in one, 1 in the other\n',
  });
});

test('a case that skipped itself is named', () => {
  expect(compared(['skipped'], ['skipped'])).toMatchObject({
    status: 0,
    stdout: 'ran in neither: a.test.ts: case 0\n',
  });
});
