/**
 * `npm test`, `npm run test:full` and `npm run test:containers` together are every test there is, each once, and CI
 * runs all three. That no case ran in both or in neither is seen from their reports, by `.ci/each-test-once.mjs`.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { read, repositoryFiles, root } from './sources.ts';

/** The files of all projects. */
const listed = (): { file: string }[] =>
  JSON.parse(
    execFileSync('vitest', ['list', '--json', '--filesOnly'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env['PATH']}`, PGSURGE_TEST_CONTAINERS: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { file: string }[];

const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
const testFiles = repositoryFiles().filter((file) => file.endsWith('.test.ts'));

test('every test file is in one project, and only one', () => {
  const inProjects = listed().map(({ file }) => path.relative(root, file));
  expect(inProjects.toSorted()).toEqual(testFiles.toSorted());
});

test('the two commands differ in the tag alone, and CI runs both and the containers', () => {
  expect(scripts['test']).toMatch(/vitest run --tags-filter='!full'$/);
  expect(scripts['test:full']).toBe(scripts['test']!.replace("'!full'", 'full'));
  expect(scripts['test:containers']).toMatch(/vitest run --project docker$/);
  for (const command of ['npm test', 'npm run test:full', 'npm run test:containers'])
    expect(read('.ci/run')).toContain(` ${command} --\n`);
});

test('no test is left out or run alone by hand', () => {
  const byHand = /\b(?:test|it|describe)\.(?:only|skip|todo|fails)\b/;
  expect(testFiles.filter((file) => byHand.test(read(file)))).toEqual([]);
});
