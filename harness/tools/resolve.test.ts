import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exitCodes } from '../errors.ts';
import { findTool, resolveTool, type Recipe, type Way } from './resolve.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pgsurge-resolve-'));
  vi.stubEnv('PGSURGE_CACHE_DIR', path.join(folder, 'cache'));
  vi.stubEnv('PATH', `${path.join(folder, 'bin')}:/usr/bin:/bin`);
  vi.stubEnv('FAKE_BIN', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** An executable that says it is that version of the tool, as k6 does. */
const program = async (file: string, version: string): Promise<string> => {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho "fake v${version} (go1.26, linux/amd64)"\n`);
  await chmod(file, 0o755);
  return file;
};
const makes = (version: string, seen: { times: number } = { times: 0 }): Way => ({
  from: 'built',
  make: async (file) => {
    seen.times += 1;
    await program(file, version);
  },
});
const fails = (from: Way['from'], reason: string): Way => ({
  from,
  make: async () => {
    throw new Error(reason);
  },
});
const recipe = (...ways: Way[]): Recipe => ({
  name: 'fake',
  version: '2.2.0',
  executable: 'fake-tool',
  variable: 'FAKE_BIN',
  versionArguments: ['version'],
  accepts: '2.x',
  accepted: 'fake 2.x',
  ways,
});
const silent = (): void => {};

test('the order: variable, PATH, cache, made', async () => {
  const made = recipe(makes('2.2.0'));
  expect((await resolveTool(made, silent)).from).toBe('built');
  expect((await resolveTool(made, silent)).from).toBe('cache');
  await program(path.join(folder, 'bin/fake-tool'), '2.3.0');
  expect(await resolveTool(made, silent)).toMatchObject({ from: 'path', version: '2.3.0' });
  vi.stubEnv('FAKE_BIN', await program(path.join(folder, 'own'), '2.4.0'));
  expect(await resolveTool(made, silent)).toMatchObject({
    from: 'environment',
    version: '2.4.0',
    path: path.join(folder, 'own'),
  });
});

test('a wrong version on the PATH is passed over, and said so', async () => {
  await program(path.join(folder, 'bin/fake-tool'), '1.8.1');
  const lines: string[] = [];
  expect((await resolveTool(recipe(makes('2.2.0')), (line) => lines.push(line))).from).toBe('built');
  expect(lines.join('\n')).toContain('fake 1.8.1, and fake 2.x is needed');
});

test('a variable that names a wrong version, or nothing that starts, is wrong configuration', async () => {
  vi.stubEnv('FAKE_BIN', await program(path.join(folder, 'own'), '1.8.1'));
  await expect(findTool(recipe())).rejects.toMatchObject({
    exitCode: exitCodes.usage,
    message: expect.stringMatching(/^FAKE_BIN names fake 1\.8\.1, but fake 2\.x is needed: .*$/),
  });
  vi.stubEnv('FAKE_BIN', path.join(folder, 'nothing'));
  await expect(findTool(recipe())).rejects.toMatchObject({
    exitCode: exitCodes.usage,
    message: expect.stringContaining('does not start'),
  });
});

test('finding makes nothing', async () => {
  const seen = { times: 0 };
  expect(await findTool(recipe(makes('2.2.0', seen)))).toBeNull();
  expect(seen.times).toBe(0);
});

test('a way that fails gives way to the next; nothing half-made stays in the cache', async () => {
  const tool = await resolveTool(recipe(fails('built', 'no Go here'), { ...makes('2.2.0'), from: 'download' }), silent);
  expect(tool.from).toBe('download');
  expect((await readdir(path.join(folder, 'cache/tools'))).length).toBe(1);
});

test('what comes out with another version is not used', async () => {
  await expect(resolveTool(recipe(makes('2.1.0')), silent)).rejects.toMatchObject({
    exitCode: exitCodes.environment,
    details: expect.stringContaining('2.1.0'),
  });
});

test('where no way works, the error names what to do and each reason', async () => {
  const failure = resolveTool(
    recipe(fails('built', 'there is no Go on the PATH'), fails('download', 'host unreachable')),
    silent,
  );
  await expect(failure).rejects.toMatchObject({
    exitCode: exitCodes.environment,
    message: expect.stringContaining('FAKE_BIN=/path/to/fake-tool'),
    details: 'built: there is no Go on the PATH\ndownload: host unreachable',
  });
});

test('a broken executable in the cache is made anew', async () => {
  const seen = { times: 0 };
  const tool = await resolveTool(recipe(makes('2.2.0', seen)), silent);
  await writeFile(tool.path, '#!/bin/sh\nexit 1\n');
  expect((await resolveTool(recipe(makes('2.2.0', seen)), silent)).from).toBe('built');
  expect(seen.times).toBe(2);
});

test('what a killed process had half made is cleared', async () => {
  await mkdir(path.join(folder, `cache/tools/fake-2.2.0-${process.platform}-${process.arch}.4711.built`), {
    recursive: true,
  });
  await resolveTool(recipe(makes('2.2.0')), silent);
  expect(await readdir(path.join(folder, 'cache/tools'))).toEqual([`fake-2.2.0-${process.platform}-${process.arch}`]);
});

test('two at once make it once', async () => {
  const seen = { times: 0 };
  const slow: Way = {
    from: 'built',
    make: async (file) => {
      seen.times += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
      await program(file, '2.2.0');
    },
  };
  const tools = await Promise.all([resolveTool(recipe(slow), silent), resolveTool(recipe(slow), silent)]);
  expect(seen.times).toBe(1);
  expect(tools.map(({ from }) => from).sort()).toEqual(['built', 'cache']);
});
