import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
    const child = spawn(process.execPath, ['--no-warnings', fileURLToPath(new URL('./fixtures/holder.ts', import.meta.url))], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => { output += String(chunk); });
    const said = async (word: string): Promise<void> => { await waitUntil(`"${word}"`, () => output.includes(word), { limitMs: 60_000 }); };
    await said('\n');
    return { child, label: output.trim().split('\n')[0] ?? '', said };
  };
  const killWarden = async (): Promise<void> => {
    const file = readdirSync(path.join(state, 'runs')).find((name) => name.endsWith('.json')) ?? '';
    const { warden } = JSON.parse(readFileSync(path.join(state, 'runs', file), 'utf8')) as { warden: ProcessIdentity };
    process.kill(warden.pid, 'SIGKILL');
    await waitUntil('the end of the warden', () => !isAlive(warden), { limitMs: 2000 });
  };

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
    await waitUntil('the first container', async () => (await leftOf(label)).some((line) => line.startsWith('container')), { limitMs: 60_000, everyMs: 20 });
    await killWarden();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { stdout } = await execa(process.execPath, ['bin/pgsurge.mjs', 'clean'], { cwd: projectFolder, env });
    expect(stdout).toMatch(/removed container [0-9a-f]{12}/);
    expect(await leftOf(label)).toEqual([]);
    expect(readdirSync(path.join(state, 'runs')).filter((file) => file.endsWith('.json'))).toEqual([]);
  });
});
