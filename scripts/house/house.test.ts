import path from 'node:path';
import { expect, test } from 'vitest';
import { isForTests, read, repositoryFiles } from './sources.ts';

const files = repositoryFiles();
const sources = files.filter((file) => /^(harness|service|scenarios)\/.*\.ts$/.test(file));

test('a thing is called as its file is', () => {
  const kinds =
    /^(harness\/grade\/criteria|harness\/check\/checkers|harness\/faults\/kinds|harness\/collect\/collectors|scenarios\/(?:matrix|incidents|chaos))\//;
  const named = sources
    .filter((file) => kinds.test(file) && !file.endsWith('.test.ts'))
    .map((file) => ({ file, id: /^ {0,4}id: '([^']+)',/m.exec(read(file))?.[1] }));
  expect(named.filter(({ file, id }) => id !== undefined && path.basename(file, '.ts') !== id)).toEqual([]);
  expect(
    named.filter(({ file, id }) => id === undefined && /criteria|scenarios\/(matrix|incidents|chaos)\//.test(file)),
  ).toEqual([]);
});

/** A client of Postgres, or a request to Toxiproxy's API. A type alone speaks to nobody. */
const speaksToServer = (text: string): boolean =>
  /^import (?!type ).*from 'pg';|import\('pg'\)/m.test(text) || /fetch\([^;]*(?:apiUrl|toxics|proxies)/.test(text);

test('servers/ is the only place that speaks to a server', () => {
  const speaking = sources
    .filter((file) => file.startsWith('harness/') && !file.startsWith('harness/servers/') && !isForTests(file))
    .filter((file) => speaksToServer(read(file)));
  expect(speaking).toEqual([]);
  expect(speaksToServer("import pg from 'pg';\n")).toBe(true);
  expect(speaksToServer("import type pg from 'pg';\n")).toBe(false);
  expect(speaksToServer('await fetch(`${apiUrl}/proxies`)')).toBe(true);
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
  const versions = ['package.json', 'bin/node/package.json'].flatMap((file) => {
    const manifest = JSON.parse(read(file)) as Record<string, Record<string, string>>;
    const sections = ['dependencies', 'devDependencies', 'optionalDependencies'];
    return sections.flatMap((section) => Object.entries(manifest[section] ?? {}));
  });
  const loose = versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([['pgsurge-node', 'file:bin/node']]);
});

test('the Node that a package gets is the one of the checkout, byte for byte', () => {
  const packagesIn = (file: string): Record<string, { integrity?: string }> =>
    (JSON.parse(read(file)) as { packages: Record<string, { integrity?: string }> }).packages;
  const [ours, theirs] = [packagesIn('package-lock.json'), packagesIn('bin/node/package-lock.json')];
  const nodes = Object.keys(theirs).filter((name) => name !== '');
  expect(nodes.length).toBe(2);
  for (const name of nodes) expect(theirs[name]?.integrity).toBe(ours[name]?.integrity ?? 'in the lock file');
});
