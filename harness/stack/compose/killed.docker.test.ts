import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { isAlive, type ProcessIdentity } from '../../system/proc.ts';
import { waitUntil } from '../../system/wait.ts';
import { leftOf } from './fixtures/left.ts';
import { projectFolder } from './project.ts';

describe('kill -9 of the harness', () => {
  const state = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-state-'));
  const env = { ...process.env, PGSURGE_STATE_DIR: state };
  afterAll(() => rmSync(state, { recursive: true, force: true }));

  const holder = async (): Promise<{ child: ChildProcess; label: string; said: (word: string) => Promise<void> }> => {
    const child = spawn(
      process.execPath,
      ['--no-warnings', fileURLToPath(new URL('./fixtures/holder.ts', import.meta.url))],
      { env, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += String(chunk);
    });
    const said = async (word: string): Promise<void> => {
      await waitUntil(`"${word}"`, () => output.includes(word), { limitMs: 60_000 });
    };
    await said('\n');
    return { child, label: output.trim().split('\n')[0] ?? '', said };
  };
  const killWarden = async (): Promise<void> => {
    const file = readdirSync(path.join(state, 'runs')).find((name) => name.endsWith('.json')) ?? '';
    const { warden } = JSON.parse(readFileSync(path.join(state, 'runs', file), 'utf8')) as { warden: ProcessIdentity };
    process.kill(warden.pid, 'SIGKILL');
    await waitUntil('the end of the warden', () => !isAlive(warden), { limitMs: 2000 });
  };

  const clean = (more: Record<string, string> = {}): Promise<{ stdout: string; exitCode?: number }> =>
    execa(process.execPath, ['bin/pgsurge.mjs', 'clean'], {
      cwd: projectFolder,
      env: { ...env, ...more },
      reject: false,
    });

  test('the warden removes what a whole stack was', async () => {
    const { child, label, said } = await holder();
    await said('ready');
    expect((await leftOf(label)).length).toBeGreaterThanOrEqual(3);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await waitUntil('nothing left', async () => (await leftOf(label)).length === 0, { limitMs: 30_000, everyMs: 200 });
  });

  test('killed with its warden in the middle of a start, the next `pgsurge clean` removes it', async () => {
    const { child, label } = await holder();
    await waitUntil(
      'the first container',
      async () => (await leftOf(label)).some((line) => line.startsWith('container')),
      { limitMs: 60_000, everyMs: 20 },
    );
    await killWarden();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const records = (): string[] => readdirSync(path.join(state, 'runs')).filter((name) => name.endsWith('.json'));
    const file = path.join(state, 'runs', records()[0] ?? '');
    const written = readFileSync(file, 'utf8');
    expect(JSON.parse(written)).toMatchObject({ engine: expect.stringMatching(/^unix:\/\/\//) });
    // While the engine is away they are there still, and so is the record.
    writeFileSync(file, JSON.stringify({ ...JSON.parse(written), engine: `unix://${state}/away.sock` }));
    const away = await clean();
    expect(away.stdout).toMatch(
      /its containers are not removed yet: the Docker engine cannot be asked: .*pgsurge clean/,
    );
    expect([away.exitCode, records().length, (await leftOf(label)).length > 0]).toEqual([4, 1, true]);
    writeFileSync(file, written);
    // The engine that had them is asked, whichever the user has chosen since.
    const { stdout, exitCode } = await clean({ DOCKER_HOST: 'unix:///another.sock' });
    expect(stdout).toMatch(/removed container [0-9a-f]{12}/);
    expect([exitCode, await leftOf(label), records()]).toEqual([0, [], []]);
  });
});
