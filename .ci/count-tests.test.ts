import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const own = fileURLToPath(new URL('count-tests.mjs', import.meta.url));

const said = (report: object, exitCode: number): { stdout: string; stderr: string } => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-count-'));
  const file = path.join(folder, 'tests.json');
  try {
    writeFileSync(file, JSON.stringify(report));
    return spawnSync(process.execPath, [own, file, `${exitCode}`], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
};
const counted = (report: object, exitCode: number): string => said(report, exitCode).stdout.trim();

const report = (numPassedTests: number, numFailedTests: number, testResults: object[] = []): object => ({
  numPassedTests,
  numFailedTests,
  numPendingTests: 0,
  testResults,
});

test('counts each test; a file that did not load and a bad end count too', () => {
  expect(counted(report(7, 0), 0)).toBe('7 0');
  expect(counted(report(5, 2, [{ name: 'a', status: 'failed', assertionResults: [{ status: 'failed' }] }]), 1)).toBe(
    '5 2',
  );
  expect(counted(report(5, 0, [{ name: 'a', status: 'failed', assertionResults: [] }]), 1)).toBe('5 1');
  expect(
    counted(
      report(5, 1, [
        { name: 'a', status: 'failed', assertionResults: [] },
        { name: 'b', status: 'failed', assertionResults: [{ status: 'failed' }] },
      ]),
      1,
    ),
  ).toBe('5 2');
  expect(counted(report(5, 0), 124)).toBe('5 1');
});

test('a failed test is named, with the first lines of its message', () => {
  const failed = { fullName: 'a b', status: 'failed', failureMessages: ['1\n2\n3\n4\n5', '6'], tags: [] };
  const results = [{ name: 'a', status: 'failed', assertionResults: [failed] }];
  expect(said(report(0, 1, results), 1).stderr).toBe('failed: a b\n  1\n  2\n  3\n  4\n');
});

test('a skipped test is named, but not one that the other of the two commands runs', () => {
  const passed = { fullName: 'a', status: 'passed', tags: [] };
  const skipped = { fullName: 'b', status: 'skipped', tags: [] };
  const left = { fullName: 'c', status: 'skipped', tags: ['full'] };
  const results = [{ name: 'a', status: 'passed', assertionResults: [passed, skipped, left] }];
  expect(said(report(1, 0, results), 0).stderr).toBe('skipped: b\n');
  const full = { fullName: 'd', status: 'passed', tags: ['full'] };
  expect(said(report(1, 0, [{ ...results[0], assertionResults: [full, skipped, left] }]), 0).stderr).toBe(
    'skipped: c\n',
  );
});
