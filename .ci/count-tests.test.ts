import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const counted = (report: object, exitCode: number): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-count-'));
  try {
    writeFileSync(path.join(folder, 'tests.json'), JSON.stringify(report));
    return execFileSync(
      process.execPath,
      [fileURLToPath(new URL('count-tests.mjs', import.meta.url)), path.join(folder, 'tests.json'), `${exitCode}`],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    ).trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
};
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
