/**
 * Makes `dist/`, what the package holds beside `bin/`: JavaScript and declarations of the harness and the service, and
 * the files that they read. `npm pack` runs it.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { $ } from 'zx';
import { isForTests, repositoryFiles, root } from './house/sources.ts';

/** What the harness never reads where it is installed: what errors look like, for the tests, and what tsc needs. */
const unused = /\/corpus\/|\/tsconfig\.json$|\/browser\/.*\.d\.ts$|\.py$/;
const compiled = /^(harness|service)\/.*\.ts$/;

/** k6 reads TypeScript wherever it lies: the scenarios stay as they are, and have the same hash as in a checkout. */
const copied = (file: string): boolean =>
  /^(harness|service|scenarios)\//.test(file) && !isForTests(file) && !unused.test(file) && !compiled.test(file);

rmSync(path.join(root, 'dist'), { recursive: true, force: true });
for (const project of ['scripts/package', 'scripts/package/k6.tsconfig.json'])
  await $({ cwd: root, stdio: 'inherit' })`tsc -p ${project}`;
for (const file of repositoryFiles().filter(copied)) {
  const target = path.join(root, 'dist', file);
  mkdirSync(path.dirname(target), { recursive: true });
  cpSync(path.join(root, file), target);
}
