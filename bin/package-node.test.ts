/** The launcher as it lies in a package: no sources, no lock file, perhaps an old Node; npm is a script. */
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setUp } from './setup.mjs';

const node = setUp();
const name = `node-${process.platform}-${process.arch}`;
const manifest = JSON.parse(await readFile(new URL('node/package.json', import.meta.url), 'utf8')) as {
  optionalDependencies: Record<string, string>;
};
const version = manifest.optionalDependencies[name];
let root: string;

const fakeNpm = `#!/bin/sh
echo "$@" >> ${'$'}CALLS
[ -e "${'$'}CALLS.fails" ] && { echo "npm error E404" >&2; exit 1; }
grep -q integrity package-lock.json || exit 1
mkdir -p node_modules/${name}/bin
ln -s "${node}" node_modules/${name}/bin/node
`;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'pgsurge-package-'));
  await cp(import.meta.dirname, path.join(root, 'bin'), {
    recursive: true,
    filter: (file) => !file.endsWith('.test.ts'),
  });
  await mkdir(path.join(root, 'dist/harness/cli'), { recursive: true });
  await mkdir(path.join(root, 'path'));
  await writeFile(path.join(root, 'package.json'), '{"type": "module"}');
  await writeFile(
    path.join(root, 'dist/harness/cli/cli.js'),
    'console.log(process.execPath, process.argv.slice(2).join());',
  );
  await writeFile(path.join(root, 'path/npm'), fakeNpm);
  await chmod(path.join(root, 'path/npm'), 0o755);
  await symlink(node, path.join(root, 'path/node'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const asOld = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.1.0'})`;
const start = (flags: readonly string[]): { code: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(`${root}/path/node`, [...flags, 'bin/pgsurge.mjs', 'run', 'a'], {
    cwd: root,
    env: { PATH: `${root}/path:/usr/bin:/bin`, PGSURGE_CACHE_DIR: `${root}/cache`, CALLS: `${root}/calls` },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
};

test('a Node that is new enough runs the package as it is, and nothing is got', () => {
  expect(start([])).toMatchObject({ code: 0, stdout: expect.stringContaining(' run,a\n'), stderr: '' });
});

test('on an older Node the pinned one is got once, by its lock file, into the cache', async () => {
  const first = start(['--import', asOld]);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining(' run,a\n') });
  expect(first.stderr).toBe(
    `pgsurge: this is Node 20.1.0; getting Node ${version} from npm into ${root}/cache/node-${version}, once\n`,
  );
  expect(start(['--import', asOld])).toMatchObject({ code: 0, stderr: '' });
  expect((await readFile(`${root}/calls`, 'utf8')).trim().split('\n')).toEqual([expect.stringMatching(/^ci /)]);
});

test('where npm cannot get it, one line says so, and the exit code is 4', async () => {
  await writeFile(`${root}/calls.fails`, '');
  expect(start(['--import', asOld])).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/pgsurge: npm ci ended with exit code 1, its reason is above.*\n$/),
  });
});
