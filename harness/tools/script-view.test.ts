import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { viewOfScript } from './script-view.ts';

let root = '';
let view = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'pgsurge-team-'));
  view = path.join(root, 'view');
  for (const folder of ['shop/load/lib', 'shop/data']) mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, 'shop/data/users.csv'), 'ann\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  writeFileSync(path.join(root, 'shop/load', name), text);
  return path.join(root, 'shop/load', name);
};

test('a script that does not import us is run where it lies', () => {
  const script = write('plain.js', "import http from 'k6/http'; // from 'pgsurge' some day\n");
  expect(viewOfScript(script, view)).toBe(script);
});

test('a script that does is a copy beside links to all that it may read, and nothing lies in its folder', () => {
  const script = write('journey.ts', "import { matrix } from 'pgsurge/k6';\nimport './lib/a.ts';\n");
  write('lib/a.ts', 'export const a = 1;\n');
  const copy = viewOfScript(script, view);
  expect(readFileSync(copy, 'utf8')).toBe("import { matrix } from './.pgsurge-k6.ts';\nimport './lib/a.ts';\n");
  expect(readFileSync(path.join(path.dirname(copy), '.pgsurge-k6.ts'), 'utf8')).toContain('export const matrix');
  expect(readFileSync(path.join(path.dirname(copy), '../data/users.csv'), 'utf8')).toBe('ann\n');
  expect(lstatSync(path.join(path.dirname(copy), 'lib')).isSymbolicLink()).toBe(true);
  expect(() => lstatSync(path.join(root, 'shop/load/.pgsurge-k6.ts'))).toThrow(/ENOENT/);
});

test('a module of the script may import us in its place', () => {
  const script = write('journey.ts', "export { options } from './lib/load.ts';\n");
  write('lib/load.ts', 'import { matrix } from "pgsurge/k6";\nimport \'../lib/load.ts\';\n');
  const copy = viewOfScript(script, view);
  expect(readFileSync(path.join(path.dirname(copy), 'lib/load.ts'), 'utf8')).toContain(
    'import { matrix } from "../.pgsurge-k6.ts"',
  );
});
