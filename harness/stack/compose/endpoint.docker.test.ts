import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

/** The engine behind a socket of another name, which counts who asks. */
const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-engine-'));
const socket = path.join(folder, 'engine.sock');
const config = path.join(folder, 'config');
const asker = fileURLToPath(new URL('./fixtures/asker.ts', import.meta.url));
let server: Server;
let asked: string[] = [];

beforeAll(async () => {
  const { stdout } = await execa('docker', ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
  server = createServer((from) => {
    const to = connect(stdout.replace('unix://', ''));
    from.on('data', (chunk: Buffer) => {
      asked.push(chunk.toString('latin1').split('\r\n')[0] ?? '');
    });
    for (const one of [from, to])
      one.on('error', () => {
        from.destroy();
        to.destroy();
      });
    from.pipe(to).pipe(from);
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  mkdirSync(config);
  const plugins = path.join(process.env['DOCKER_CONFIG'] ?? path.join(homedir(), '.docker'), 'cli-plugins');
  if (existsSync(plugins)) symlinkSync(plugins, path.join(config, 'cli-plugins'));
});
beforeEach(() => {
  asked = [];
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = async (env: Record<string, string>): Promise<unknown> => {
  const { DOCKER_HOST: _, DOCKER_CONTEXT: __, ...rest } = process.env;
  return JSON.parse(
    (await execa(process.execPath, ['--no-warnings', asker], { env: { ...rest, ...env }, extendEnv: false })).stdout,
  );
};

const seen = (what: RegExp): boolean => asked.some((line) => what.test(line));

test('a socket that DOCKER_HOST names is asked for everything, also by another name', async () => {
  const linked = path.join(folder, 'linked.sock');
  symlinkSync(socket, linked);
  expect(await ask({ DOCKER_HOST: `unix://${linked}` })).toEqual({
    address: `unix://${linked}`,
    memoryBytes: expect.any(Number),
  });
  expect([seen(/containers\/create/), seen(/\/stats\?/)]).toEqual([true, true]);
});

test('so is the one of the Docker context in use, as Docker Desktop and Colima set it', async () => {
  const env = { DOCKER_CONFIG: config };
  await execa('docker', ['context', 'create', 'other', '--docker', `host=unix://${socket}`], { env });
  await execa('docker', ['context', 'use', 'other'], { env });
  expect(await ask(env)).toEqual({ address: `unix://${socket}`, memoryBytes: expect.any(Number) });
  expect([seen(/containers\/create/), seen(/\/stats\?/)]).toEqual([true, true]);
});
