import { expect, test } from 'vitest';
import { borderCrossed, steps } from './borders.ts';
import { graphOf, mermaidOf, wrongsOf, type Graph } from './graph.ts';
import { importsOf } from './imports.ts';
import { read } from './sources.ts';

const repository = graphOf();

/** The repository with files added, to see whether they would be noticed. */
const planted = (files: Readonly<Record<string, string>>): Graph =>
  new Map([...repository, ...graphOf(new Map(Object.entries(files)))]);

test('no circle, no arrow upwards, no file in no room', () => {
  expect(wrongsOf(repository)).toEqual([]);
});

test('a planted circle is seen, of types too', () => {
  const pair = planted({
    'harness/check/planted.ts': "import type { A } from './planted-too.ts';",
    'harness/check/planted-too.ts': "export type { B } from './planted.ts';",
  });
  expect(wrongsOf(pair)).toContain('circle: harness/check/planted-too.ts, harness/check/planted.ts');
  const itself = planted({ 'harness/check/planted.ts': "import './planted.ts';" });
  expect(wrongsOf(itself)).toContain('circle: harness/check/planted.ts');
});

test.each([
  ['a static import', "import { run } from '../run/run.ts';"],
  ['a type', "import type { Run } from '../run/run.ts';"],
  ['a type in place', "export type Run = import('../run/run.ts').Run;"],
  ['a re-export', "export * from '../run/run.ts';"],
  ['a dynamic import', "const run = await import('../run/run.ts');"],
  ['a URL', "const run = new URL('../run/run.ts', import.meta.url);"],
])('a planted arrow upwards is seen: %s', (_, line) => {
  expect(wrongsOf(planted({ 'harness/check/planted.ts': line }))).toContain(
    'harness/check/planted.ts imports harness/run/run.ts: run is not below check',
  );
});

test('a file in no room is seen', () => {
  expect(wrongsOf(planted({ 'harness/planted.ts': '' }))).toContain('harness/planted.ts lies in no room');
  expect(wrongsOf(planted({ 'harness/attic/planted.ts': '' }))).toContain('harness/attic/planted.ts lies in no room');
});

test('what only looks like an import is none', () => {
  const text = `
    // import { a } from '../run/run.ts';
    const b = "import { a } from '../run/run.ts'";
    const c = new URL('https://k6.io/x.ts');
    const d = new URL('../../docs/run.schema.json', import.meta.url);
  `;
  expect(importsOf(text, 'harness/check/a.ts')).toEqual([]);
});

test('a crossing is seen', () => {
  const crossing = (file: string, text: string): string | null =>
    importsOf(text, file)
      .map((line) => borderCrossed(file, line))
      .find((found) => found !== null) ?? null;
  expect(crossing('harness/grade/a.ts', "import { b } from '../collect/b.ts';")).toContain('harness/collect');
  expect(crossing('harness/grade/a.ts', "import type { B } from '../collect/b.ts';")).toBeNull();
  expect(crossing('harness/grade/a.ts', "import {\n  b,\n} from '../system/b.ts';")).toContain('harness/system');
  expect(crossing('harness/load/a.ts', "const { b } = await import('../grade/b.ts');")).toContain('harness/grade');
  expect(crossing('harness/load/a.ts', "import { b } from '../run/run.ts';")).toContain('harness/run/run.ts');
  expect(crossing('harness/report/a.ts', "import pg from 'pg';")).toContain('pg');
  expect(crossing('scenarios/matrix/a.ts', "import { b } from '../../harness/errors.ts';")).toContain(
    'harness/errors.ts',
  );
  expect(crossing('service/a.ts', "import { b } from '../harness/errors.ts';")).toContain('harness/errors.ts');
  expect(crossing('harness/compare/a.ts', "import { b } from '../grade/b.ts';")).toContain('harness/grade');
  expect(crossing('harness/compare/a.ts', "import { b } from '../report/html.ts';")).toBeNull();
  expect(crossing('harness/cli/commands/a.ts', "import { b } from '../../grade/b.ts';")).toBeNull();
  expect(crossing('harness/measure/a.ts', "import { b } from '../system/b.ts';")).toContain('not below');
  expect(crossing('harness/launch/a.ts', "import { b } from '../../scenarios/lib/define.ts';")).toContain('scenarios');
  expect(crossing('harness/run/a.ts', "import { b } from '../grade/fixtures.ts';")).toContain('tests only');
  expect(crossing('harness/cli/cli.test.ts', "import { b } from '../end-to-end/runs.ts';")).toBeNull();
});

test('the drawing shows each arrow once, and types alone as dotted', () => {
  const drawn = graphOf(
    new Map([
      ['harness/grade/a.ts', "import type { A } from '../check/a.ts';\nimport { b } from '../measure/b.ts';"],
      ['harness/grade/b.ts', "import type { B } from '../measure/b.ts';\nimport './a.ts';"],
    ]),
  );
  const arrows = mermaidOf(drawn)
    .split('\n')
    .filter((line) => line.includes('->'));
  expect(arrows).toEqual(['  grade -.-> check', '  grade --> measure']);
});

test('docs/architecture.md shows the same staircase', () => {
  const table = /## The staircase\n[^|]*((?:\|.*\n)+)/.exec(read('docs/architecture.md'))?.[1] ?? '';
  const rows = table.trim().split('\n').slice(2);
  const roomsOf = (row: string): string[] => [...row.split('|')[1]!.matchAll(/`([\w-]+)`/g)].map(([, room]) => room!);
  expect(rows.map(roomsOf)).toEqual(steps);
});
