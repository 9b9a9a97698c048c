import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { borderCrossed, importsOf, isLeaf } from './borders.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Of git, with what is new and not ignored, so that a file breaks a rule before it is committed. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));
const sources = files.filter((file) => /^(harness|target|scenarios)\/.*\.ts$/.test(file));

test('phases meet only in run.ts and its kin: from one another they import types alone', () => {
  const crossings = sources
    .flatMap((file) => importsOf(read(file), file).map((line) => borderCrossed(file, line)))
    .filter((crossing) => crossing !== null);
  expect(crossings).toEqual([]);
});

test('a crossing is seen', () => {
  const crossing = (file: string, text: string): string | null =>
    importsOf(text, file)
      .map((line) => borderCrossed(file, line))
      .find((found) => found !== null) ?? null;
  expect(crossing('harness/grade/a.ts', "import { b } from '../../collect/b.ts';")).toContain('harness/collect');
  expect(crossing('harness/grade/a.ts', "import type { B } from '../../collect/b.ts';")).toBeNull();
  expect(crossing('harness/grade/a.ts', "import {\n  b,\n} from '../../system/b.ts';")).toContain('harness/system');
  expect(crossing('harness/load/a.ts', "const { b } = await import('../../grade/b.ts');")).toContain('harness/grade');
  expect(crossing('harness/load/a.ts', "import { b } from '../../run.ts';")).toContain('harness/run/run.ts');
  expect(crossing('harness/report/a.ts', "import pg from 'pg';")).toContain('pg');
  expect(crossing('scenarios/matrix/a.ts', "import { b } from '../../../harness/errors.ts';")).toContain(
    'harness/errors.ts',
  );
  expect(crossing('target/a.ts', "import { b } from '../../harness/errors.ts';")).toContain('harness/errors.ts');
  expect(crossing('harness/compare/a.ts', "import { b } from '../../grade/b.ts';")).toContain('harness/grade');
  expect(crossing('harness/compare/a.ts', "import { b } from '../../report/html.ts';")).toBeNull();
  expect(crossing('harness/commands/a.ts', "import { b } from '../../grade/b.ts';")).toBeNull();
  expect(isLeaf('harness/measure/x.ts')).toBe(true);
});

test('a thing is called as its file is', () => {
  const kinds =
    /^(harness\/grade\/criteria|harness\/check\/checkers|harness\/faults|harness\/collect|scenarios\/(?:matrix|incidents|chaos))\//;
  const named = sources
    .filter((file) => kinds.test(file) && !file.endsWith('.test.ts'))
    .map((file) => ({ file, id: /^ {0,4}id: '([^']+)',/m.exec(read(file))?.[1] }));
  expect(named.filter(({ file, id }) => id !== undefined && path.basename(file, '.ts') !== id)).toEqual([]);
  expect(
    named.filter(({ file, id }) => id === undefined && /criteria|scenarios\/(matrix|incidents|chaos)\//.test(file)),
  ).toEqual([]);
});

test('nothing of one machine is committed', () => {
  const traces = files
    .filter(
      (file) => /\.(ts|mjs|json|md|yml|sql|html)$|^\.(ci|npmrc)/.test(file) && file !== 'scripts/house/house.test.ts',
    )
    .filter((file) => /\/work\/(main|shared)|\/tmp\/bash_jobs|"resolved": "http/.test(read(file)));
  expect(traces).toEqual([]);
});

test("the lock file names every platform's packages, or npm ci refuses it", () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${parent}/node_modules/${name}`] === undefined,
      )
      .map((name) => `${parent}: ${name}`),
  );
  expect(missing.filter((entry) => !/wasm32/.test(entry))).toEqual([]);
});

test('every dependency is pinned exactly', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const versions = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((section) =>
    Object.entries(manifest[section] ?? {}),
  );
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});
