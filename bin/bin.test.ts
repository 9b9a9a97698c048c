/**
 * The launcher and its set-up, in a small project of their own: copies of bin/, a stub of the harness, and an npm that
 * is a script.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lacking, setUp } from './setup.mjs';

/** The project's own, whichever runs the tests. */
const node = setUp();
let root: string;
const packages = {
  '': { optionalDependencies: { ours: '1.0.0', theirs: '1.0.0' } },
  'node_modules/needed': { version: '1.2.3' },
  'node_modules/ours': { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] },
  'node_modules/of-a-dependency': { version: '1.0.0', optional: true },
  'node_modules/theirs': { version: '1.0.0', optional: true, os: ['aix'], cpu: ['ppc64'] },
};
const installed = {
  'node_modules/needed': packages['node_modules/needed'],
  'node_modules/ours': packages['node_modules/ours'],
};

/** npm ci as far as set-up can tell: it takes a while, then packages and npm's own lock file are there. */
const fakeNpm = `#!/bin/sh
echo "$@" >> npm-calls
[ -e npm-fails ] && { echo "npm error E404" >&2; exit 1; }
sleep 0.3
mkdir -p node_modules/needed node_modules/ours node_modules/.bin
echo '{}' > node_modules/needed/package.json
echo '{}' > node_modules/ours/package.json
ln -sf "${node}" node_modules/.bin/node
cp installed.json node_modules/.package-lock.json
`;
const stubHarness = `
console.log(JSON.stringify(process.argv.slice(2)));
if (process.argv[2] === 'wait') {
  process.on('SIGTERM', () => { console.log('SIGTERM'); process.exit(130); });
  process.on('SIGINT', () => { console.log('SIGINT'); process.exit(130); });
  setTimeout(() => process.exit(9), 20_000);
}
process.exitCode = Number(process.argv[3] ?? 0);
`;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'pgsurge-bin-'));
  const folders = ['bin', 'harness/cli', 'path'];
  await Promise.all(folders.map((folder) => mkdir(path.join(root, folder), { recursive: true })));
  for (const file of ['pgsurge.mjs', 'setup.mjs', 'package-node.mjs', 'leave-with-launcher.mjs'])
    await cp(fileURLToPath(new URL(file, import.meta.url)), path.join(root, 'bin', file));
  await writeFile(path.join(root, 'harness/cli/cli.ts'), stubHarness);
  await writeFile(path.join(root, 'package-lock.json'), JSON.stringify({ packages }));
  await writeFile(path.join(root, 'installed.json'), JSON.stringify({ packages: installed }));
  await writeFile(path.join(root, 'path/npm'), fakeNpm);
  await chmod(path.join(root, 'path/npm'), 0o755);
  await symlink(node, path.join(root, 'path/node'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, PATH: `${root}/path:/usr/bin:/bin` });
const start = (...args: string[]): { code: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(`${root}/path/node`, ['bin/pgsurge.mjs', ...args], {
    cwd: root,
    env: environment(),
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
};
const npmCalls = (): string[] =>
  existsSync(`${root}/npm-calls`) ? readFileSync(`${root}/npm-calls`, 'utf8').trim().split('\n') : [];

test('sets up once, says so on stderr, hands on arguments and exit code', () => {
  const first = start('run', '3', '--json');
  expect(first).toMatchObject({ code: 3, stdout: '["run","3","--json"]\n' });
  expect(first.stderr).toContain('npm packages missing; running npm ci');
  expect(npmCalls()).toEqual([expect.stringMatching(/^ci /)]);
  expect(start('list')).toEqual({ code: 0, stdout: '["list"]\n', stderr: '' });
  expect(npmCalls().length).toBe(1);
});

test('notices packages that are incomplete, old or damaged, and not those of other platforms', async () => {
  start();
  expect(lacking(root)).toBeNull();
  await rm(`${root}/node_modules/needed`, { recursive: true });
  expect(lacking(root)).toBe('npm packages damaged (node_modules/needed)');
  start();
  await writeFile(
    `${root}/package-lock.json`,
    JSON.stringify({ packages: { ...packages, 'node_modules/needed': { version: '2.0.0' } } }),
  );
  expect(lacking(root)).toBe('npm packages older than package-lock.json (node_modules/needed)');
  await rm(`${root}/node_modules/.package-lock.json`);
  expect(lacking(root)).toBe('npm packages incomplete');
});

test('two starts in an empty clone install once', async () => {
  const codes = await Promise.all([1, 2].map(() => ended(launch('run', '0'))));
  expect(codes).toEqual([0, 0]);
  expect(npmCalls().length).toBe(1);
  expect(existsSync(`${root}/.setup.lock`)).toBe(false);
});

test('npm that fails, or is not there, is the environment lacking something: one line, exit 4', async () => {
  await writeFile(`${root}/npm-fails`, '');
  expect(start()).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/npm ci ended with exit code 1, its reason is above: run npm ci in .*\n$/),
  });
  expect(existsSync(`${root}/.setup.lock`)).toBe(false);
  await rm(`${root}/path/npm`);
  const without = spawnSync(`${root}/path/node`, ['bin/pgsurge.mjs'], {
    cwd: root,
    env: { PATH: `${root}/path` },
    encoding: 'utf8',
  });
  expect(without).toMatchObject({ status: 4, stderr: expect.stringContaining('npm is not on the PATH') });
});

test('SIGTERM and SIGINT reach the harness, whose exit code is ours', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const child = launch('wait');
    const output = collected(child);
    await until(() => output.text.includes('["wait"]'));
    child.kill(signal);
    expect(await ended(child)).toBe(130);
    expect(output.text).toContain(signal);
  }
});

test('a launcher killed by kill -9 takes the harness with it, by way of its own teardown', async () => {
  const child = launch('wait');
  const output = collected(child);
  await until(() => output.text.includes('["wait"]'));
  child.kill('SIGKILL');
  await until(() => output.text.includes('SIGTERM'));
  expect(output.text).toBe('["wait"]\nSIGTERM\n');
});

const launch = (...args: string[]): ChildProcess =>
  spawn(`${root}/path/node`, ['bin/pgsurge.mjs', ...args], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', (code) => resolve(code)));
const collected = (child: ChildProcess): { text: string } => {
  const output = { text: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    output.text += chunk.toString();
  });
  return output;
};
const until = async (check: () => boolean): Promise<void> => {
  for (const deadline = Date.now() + 10_000; !check();) {
    if (Date.now() > deadline) throw new Error('not within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

test('npm ci leaves the work tree as it is in git: the launcher has its run bit there', () => {
  const { stdout } = spawnSync('git', ['ls-files', '--stage', 'pgsurge.mjs'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  expect(stdout.split(' ')[0]).toBe('100755');
});
