/**
 * Kills the harness (SIGKILL) at random instants of a run of a team's own service: while its stack starts, its
 * migration, its processes, under load, at the end. Ten seconds later there must be none of its processes, also no
 * grandchild and none that left its tree, no port of theirs in use, no data folder and no record.
 *
 *   node scripts/kill-series-own.ts 20
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listeningPorts } from '../harness/system/listening.ts';
import { listProcesses, processTree } from '../harness/system/proc.ts';
import type { RunRecord } from '../harness/system/residue.ts';
import { isPortFree } from '../harness/system/ports.ts';
import { waitUntil } from '../harness/system/wait.ts';
import { leftAfterMending, look, sharedMemory } from './lib/left-behind.ts';

const bin = fileURLToPath(new URL('../bin/pgsurge.mjs', import.meta.url));
const team = fileURLToPath(new URL('../harness/end-to-end/fixtures/own', import.meta.url));
/** From the record to some seconds into the load. */
const longestMs = 9000;

const state = mkdtempSync(path.join(tmpdir(), 'pgsurge-kills-'));
process.env['PGSURGE_STATE_DIR'] = state;

/** Whoever works in the team's folder is theirs, whatever its parent, session and environment are by now. */
const teamsProcesses = (): string[] =>
  listProcesses().flatMap(({ pid, command }) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === team ? [`${command} (${pid})`] : [];
    } catch {
      return [];
    }
  });

const portsOf = ({ owner }: RunRecord): number[] =>
  listeningPorts(processTree(owner.pid).map(({ pid }) => pid)).map(({ port }) => port);

interface Killed {
  afterMs: number;
  theirs: number;
  ports: number;
  mendedMs: number;
  left: string[];
}

const stillLeft = async (record: RunRecord, servers: Set<number>, ports: readonly number[]): Promise<string[]> => {
  const before = new Set<string>();
  const left = await leftAfterMending({ record, before, servers });
  const taken = await Promise.all(ports.map(async (port) => ((await isPortFree(port)) ? [] : [`port ${port}`])));
  const folders = record.dataFolders.filter((folder) => existsSync(folder)).map((folder) => `data folder ${folder}`);
  return [...left, ...teamsProcesses().map((one) => `their ${one}`), ...taken.flat(), ...folders];
};

const killOnce = async (): Promise<Killed> => {
  const reports = mkdtempSync(path.join(tmpdir(), 'pgsurge-kills-reports-'));
  const servers = new Set<number>();
  const known = new Set(sharedMemory().map(({ id }) => id));
  const running = spawn(process.execPath, [bin, 'run', '--reports', reports], { cwd: team, stdio: 'ignore' });
  const exited = new Promise((resolve) => running.once('exit', resolve));
  try {
    await waitUntil('the record', () => look(servers).length > 0, { limitMs: 30_000, everyMs: 5 });
    const startedAt = performance.now();
    const afterMs = Math.round(Math.random() * longestMs);
    while (performance.now() - startedAt < afterMs) {
      await sleep(10);
      look(servers);
    }
    const record = look(servers)[0]!;
    const ports = portsOf(record);
    const theirs = teamsProcesses().length;
    process.kill(record.owner.pid, 'SIGKILL');
    const killedAt = performance.now();
    const left = await stillLeft(record, servers, ports);
    const shared = sharedMemory().filter(({ id, creator }) => servers.has(creator) && !known.has(id));
    const all = [...left, ...shared.map(({ id }) => `shared memory ${id}`)];
    return { afterMs, theirs, ports: ports.length, mendedMs: Math.round(performance.now() - killedAt), left: all };
  } finally {
    await exited;
    rmSync(reports, { recursive: true, force: true });
  }
};

const [count = '20'] = process.argv.slice(2);
const results: Killed[] = [];
for (let index = 0; index < Number(count); index += 1) {
  const killed = await killOnce();
  results.push(killed);
  const outcome =
    killed.left.length === 0 ? `nothing left ${killed.mendedMs} ms later` : `LEFT: ${killed.left.join(', ')}`;
  const had = `${killed.theirs} processes of theirs, ${killed.ports} ports`;
  console.log(`${String(index + 1).padStart(3)}  killed after ${killed.afterMs} ms with ${had}; ${outcome}`);
}
const clean = results.filter(({ left }) => left.length === 0).length;
console.log(`${clean} of ${results.length} left nothing`);
rmSync(state, { recursive: true, force: true });
process.exitCode = clean === results.length ? 0 : 1;
