import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cleanResidue } from './clean.ts';
import { isPortFree } from './ports.ts';
import { identityOf, isAlive, listProcesses, processStat, processTree, type ProcessIdentity } from './proc.ts';
import { listResidue, readRecord, saveRecord } from './residue.ts';
import { waitUntil } from './wait.ts';
import { createWorkspace } from './workspace.ts';

const holderFile = fileURLToPath(new URL('./fixtures/holder.ts', import.meta.url));
const holders: ChildProcess[] = [];
let state = '';

beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-state-'));
  process.env['PGSURGE_STATE_DIR'] = state;
});

afterEach(async () => {
  for (const holder of holders.splice(0)) holder.kill('SIGKILL');
  await waitUntil(
    'the clean-up',
    async () => {
      await cleanResidue();
      return listResidue().length === 0;
    },
    { limitMs: 10_000 },
  );
  delete process.env['PGSURGE_STATE_DIR'];
  rmSync(state, { recursive: true, force: true });
});

interface Held {
  pid: number;
  id: string;
  folder: string;
  children: number[];
}

const startHolder = async (): Promise<Held & { processes: ProcessIdentity[]; warden: ProcessIdentity }> => {
  const holder = spawn(process.execPath, ['--no-warnings', holderFile, 'workspace'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holders.push(holder);
  let said = '';
  holder.stdout?.on('data', (chunk) => {
    said += String(chunk);
  });
  await waitUntil('the holder', () => said.includes('\n'), { limitMs: 10_000 });
  const held = JSON.parse(said) as Held;
  await waitUntil("the shell's own child", () => processTree(held.children[0] as number).length >= 2, {
    limitMs: 5000,
  });
  const processes = held.children.flatMap(processTree);
  return { ...held, processes, warden: readRecord(held.id)?.warden as ProcessIdentity };
};

const killed = async (...pids: number[]): Promise<void> => {
  const identities = pids.map(identityOf).filter((identity) => identity !== null);
  for (const { pid } of identities) process.kill(pid, 'SIGKILL');
  await waitUntil('its death', () => !identities.some(isAlive), { limitMs: 5000 });
};

test(
  'disposing ends every process with its descendants, also one that ignores SIGTERM, and removes the folder',
  { timeout: 15_000 },
  async () => {
    const workspace = await createWorkspace('test');
    const [port = 0] = await workspace.freePorts(1);
    expect(port).toBeLessThan(32_768);
    const stubborn = workspace.spawn('stubborn', 'sh', ['-c', 'trap "" TERM; sleep 300 & wait; wait; sleep 300'], {
      logFile: path.join(workspace.folder, 'log'),
    });
    await waitUntil('its child', () => processTree(stubborn.pid).length === 2, { limitMs: 5000 });
    const members = processTree(stubborn.pid);
    await workspace[Symbol.asyncDispose]();
    expect(members.filter(isAlive)).toEqual([]);
    expect(existsSync(workspace.folder)).toBe(false);
    expect(readRecord(workspace.id)).toBeNull();
    expect(() => workspace.spawn('late', 'true', [])).toThrow(/being removed/);
  },
);

test('a program that is not there is one clear line', async () => {
  await using workspace = await createWorkspace('test');
  expect(() => workspace.spawn('k6', '/nowhere/k6', [])).toThrow(
    'k6 cannot be started: is /nowhere/k6 there, and may this user run it?',
  );
});

test('stop gives the grace, then kills; the end is told', async () => {
  await using workspace = await createWorkspace('test');
  const obedient = workspace.spawn('obedient', 'sleep', ['300']);
  expect(await obedient.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  const frozen = workspace.spawn('frozen', 'sleep', ['300']);
  frozen.kill('SIGSTOP');
  await waitUntil('the stop', () => processStat(frozen.pid)?.state === 'T', { limitMs: 2000 });
  expect(await frozen.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  const deaf = workspace.spawn('deaf', 'sh', ['-c', 'trap "" TERM; sleep 300 & wait; wait; sleep 300']);
  await waitUntil('its child', () => processTree(deaf.pid).length === 2, { limitMs: 5000 });
  const members = processTree(deaf.pid);
  expect(await deaf.stop({ graceMs: 100 })).toEqual({ code: null, signal: 'SIGKILL' });
  expect(members.filter(isAlive)).toEqual([]);
  const done = workspace.spawn('done', 'sh', ['-c', 'exit 3']);
  expect(await done.exited).toEqual({ code: 3, signal: null });
  expect(done.kill('SIGKILL')).toBe(false);
});

test(
  'after kill -9 of the owner the warden ends all it started, also what was not registered yet',
  { timeout: 20_000 },
  async () => {
    const held = await startHolder();
    expect(held.processes.length).toBeGreaterThanOrEqual(3);
    await killed(held.pid);
    await waitUntil('the warden', () => !isAlive(held.warden), { limitMs: 10_000 });
    expect(held.processes.filter(isAlive)).toEqual([]);
    expect(existsSync(held.folder)).toBe(false);
    expect(listResidue()).toEqual([]);
    expect(await cleanResidue()).toEqual([]);
  },
);

test('after kill -9 of owner and warden cleanResidue does it, and says what', { timeout: 20_000 }, async () => {
  const held = await startHolder();
  expect(await cleanResidue()).toEqual([]);
  expect(held.processes.every(isAlive), 'a living owner keeps its own').toBe(true);
  await killed(held.warden.pid);
  await killed(held.pid);
  expect(listResidue().map(({ id }) => id)).toEqual([held.id]);
  const lines = await cleanResidue();
  expect(lines.some((line) => line.includes(`stopped stubborn (pid ${held.children[0]})`))).toBe(true);
  expect(lines.some((line) => line.includes(`stopped process (pid ${held.children[1]})`))).toBe(true);
  expect(lines.some((line) => line.includes(`removed ${held.folder}`))).toBe(true);
  expect(held.processes.filter(isAlive)).toEqual([]);
  expect(existsSync(held.folder)).toBe(false);
});

test('a pid that another process has by now is left alone', async () => {
  const bystander = spawn('sleep', ['300'], { stdio: 'ignore' });
  holders.push(bystander);
  const pid = bystander.pid as number;
  const workspace = await createWorkspace('test');
  const record = readRecord(workspace.id);
  if (record === null) throw new Error('no record');
  const foreign = { pid, startTime: '1', name: 'gone', stopSignal: 'SIGKILL' as const };
  saveRecord({
    ...record,
    id: 'foreign',
    warden: null,
    owner: { ...record.owner, startTime: '1' },
    folder: path.join(state, 'none'),
    processes: [foreign],
  });
  expect(listResidue().map(({ id }) => id)).toEqual(['foreign']);
  await cleanResidue();
  expect(isAlive(identityOf(pid) as ProcessIdentity)).toBe(true);
  await workspace[Symbol.asyncDispose]();
});

test('a zombie is dead, and a strange process name hides nothing', async () => {
  await using workspace = await createWorkspace('test');
  const parent = workspace.spawn('parent', 'sh', ['-c', 'true & exec sleep 300']);
  await waitUntil(
    'the zombie',
    () =>
      [...Array(200).keys()]
        .map((offset) => processStat(parent.pid + offset))
        .some((stat) => stat?.state === 'Z' && stat.parentPid === parent.pid),
    { limitMs: 3000 },
  );
  expect(processTree(parent.pid).map(({ pid }) => pid)).toEqual([parent.pid]);
  const odd = path.join(workspace.folder, 'a) S 1 (b');
  writeFileSync(odd, '#!/bin/sh\nsleep 300\n', { mode: 0o755 });
  const named = workspace.spawn('odd', odd, []);
  await waitUntil('its name', () => processStat(named.pid)?.command === 'a) S 1 (b', { limitMs: 3000 });
  expect(processStat(named.pid)?.parentPid).toBe(process.pid);
});

test('the module that mends what a run breaks is written down at once, for whoever finds a killed run', async () => {
  await using workspace = await createWorkspace('test');
  workspace.registerMender(new URL('file:///somewhere/mender.ts'));
  expect(readRecord(workspace.id)?.mender).toBe('/somewhere/mender.ts');
});

test('ports are distinct, below the ephemeral range, and never one that is taken', async () => {
  await using workspace = await createWorkspace('test');
  const ports = await workspace.freePorts(50);
  expect(new Set(ports).size).toBe(50);
  expect(ports.every((port) => port >= 20_000 && port < 32_768)).toBe(true);
  const server = createServer().listen(ports[0], '127.0.0.1');
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
  expect(await isPortFree(ports[0] as number)).toBe(false);
  server.close();
  expect(await isPortFree(ports[1] as number)).toBe(true);
});

test('nothing of these tests is left running', () => {
  expect(listProcesses().filter(({ parentPid, command }) => parentPid === process.pid && command === 'sh')).toEqual([]);
});
