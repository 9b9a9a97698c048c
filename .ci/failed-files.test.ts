import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const own = fileURLToPath(new URL('failed-files.mjs', import.meta.url));

const printed = (testResults: object[]): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-failed-'));
  try {
    writeFileSync(path.join(folder, 'tests.json'), JSON.stringify({ testResults }));
    return spawnSync(process.execPath, [own, path.join(folder, 'tests.json')], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('names what failed as files of the checkout, and nothing where that is too much for a second try', () => {
  const file = (name: string, status: string): object => ({ name: path.resolve(name), status });
  expect(printed([file('a.test.ts', 'failed'), file('b.test.ts', 'passed'), file('c/d.test.ts', 'failed')])).toBe(
    'a.test.ts\nc/d.test.ts\n',
  );
  expect(printed(Array.from({ length: 6 }, (_, index) => file(`${index}.test.ts`, 'failed')))).toBe('');
});
