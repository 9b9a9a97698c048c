import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const own = fileURLToPath(new URL('count-tests.mjs', import.meta.url));

const said = (first: object, exitCode: number, second?: object): { stdout: string; stderr: string } => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-count-'));
  const [file, secondFile] = [path.join(folder, 'tests.json'), path.join(folder, 'tests-2.json')];
  try {
    writeFileSync(file, JSON.stringify(first));
    if (second !== undefined) writeFileSync(secondFile, JSON.stringify(second));
    return spawnSync(process.execPath, [own, file, `${exitCode}`, secondFile], { encoding: 'utf8' });
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

test('what a second try ran counts as it ended there, and what failed before is told', () => {
  const passed = { fullName: 'a', status: 'passed', tags: [] };
  const failed = { fullName: 'b', status: 'failed', failureMessages: ['slow'], tags: [] };
  const first = report(2, 1, [
    { name: 'x', status: 'failed', assertionResults: [passed, failed] },
    { name: 'y', status: 'passed', assertionResults: [passed] },
  ]);
  const better = report(2, 0, [
    { name: 'x', status: 'passed', assertionResults: [passed, { ...failed, status: 'passed' }] },
  ]);
  expect(said(first, 0, better)).toMatchObject({ stdout: '3 0\n', stderr: 'at the first try, failed: b\n  slow\n' });
  const same = report(1, 1, [{ name: 'x', status: 'failed', assertionResults: [passed, failed] }]);
  expect(said(first, 1, same).stdout).toBe('2 1\n');
  expect(said(first, 1, same).stderr).toContain('at the second try, failed: b\n');
  const unloaded = report(0, 0, [{ name: 'x', status: 'failed', assertionResults: [] }]);
  expect(said(first, 1, unloaded).stdout).toBe('1 1\n');
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
