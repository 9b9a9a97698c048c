import { expect, test } from 'vitest';
import { isForTests, read, repositoryFiles } from './sources.ts';

/** In the package a module ends in `.js`: what is named by a URL or found in a folder goes by own-modules.ts. */
const namesSources = (text: string): boolean =>
  /(?<!ownModule\()new URL\([`'][^)]*\.ts[`'],/.test(text) || /endsWith\('\.ts'\)/.test(text);

/** k6 reads TypeScript wherever it lies: the package holds the scenarios as they are. */
const readScenarios = ['harness/profile/inspect.ts', 'harness/profile/plan.ts'];

test('no file of the harness takes for granted that modules end in .ts', () => {
  const files = repositoryFiles().filter((file) => /^(harness|service)\/.*\.ts$/.test(file) && !isForTests(file));
  const wrong = files.filter((file) => namesSources(read(file)) && !readScenarios.includes(file));
  expect(wrong.filter((file) => !/\/(write-[\w-]+|run-schema)\.ts$/.test(file))).toEqual([]);
  expect(namesSources("ownModule(new URL('./warden.ts', import.meta.url))")).toBe(false);
  expect(namesSources("new URL('./warden.ts', import.meta.url)")).toBe(true);
  expect(namesSources("readdirSync(folder).filter((file) => file.endsWith('.ts'))")).toBe(true);
});
