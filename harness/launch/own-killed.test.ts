/** pgsurge is killed (SIGKILL) at random moments: no process of the team's service outlives it, no port, no folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listeningPorts } from '../system/listening.ts';
import { isPortFree } from '../system/ports.ts';
import { listProcesses } from '../system/proc.ts';
import { waitUntil } from '../system/wait.ts';

/** `PGSURGE_KILLS=20` kills more often than each change can wait for. */
const kills = Number(process.env['PGSURGE_KILLS'] ?? 3);
const program = fileURLToPath(new URL('./fixtures/own-until-killed.ts', import.meta.url));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-killed-'));
  mkdirSync(path.join(folder, 'team'));
  writeFileSync(
    path.join(folder, 'team', 'server.mjs'),
    `import { spawn } from 'node:child_process';
     import http from 'node:http';
     spawn('sh', ['-c', 'sleep 600 & sleep 600'], { stdio: 'ignore' });
     http.createServer((q, r) => r.end('ok')).listen(process.env.PORT);`,
  );
});
afterEach(() => {
  for (const pid of theirs()) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Whoever works in the team's folder is theirs, whatever its parent, session and environment are by now. */
const theirs = (): number[] =>
  listProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === path.join(folder, 'team');
      } catch {
        return false;
      }
    });

const portsLeft = async (ports: readonly number[]): Promise<number[]> => {
  const free = await Promise.all(ports.map(isPortFree));
  return ports.filter((_, index) => free[index] === false);
};

const killOnce = async (): Promise<number> => {
  const env = { ...process.env, PGSURGE_STATE_DIR: path.join(folder, 'state') };
  const running = spawn(process.execPath, ['--no-warnings', program, path.join(folder, 'team')], { env });
  const [first] = (await once(running.stdout, 'data')) as [Buffer];
  const workspaceFolder = first.toString().split('\n')[0]!;
  await sleep(Math.random() * 2500);
  const members = theirs();
  const ports = listeningPorts(members).map(({ port }) => port);
  running.kill('SIGKILL');
  await once(running, 'exit');
  const isGone = (): boolean => theirs().length === 0 && !existsSync(workspaceFolder);
  await waitUntil('nothing to be left', isGone, { limitMs: 10_000, everyMs: 50 }).catch(() => undefined);
  expect(theirs()).toEqual([]);
  expect(existsSync(workspaceFolder)).toBe(false);
  expect(await portsLeft(ports)).toEqual([]);
  return members.length;
};

test('nothing is left', { tags: 'full', timeout: 20_000 + kills * 15_000 }, async () => {
  const members: number[] = [];
  for (let count = 0; count < kills; count += 1) members.push(await killOnce());
  expect(members).toHaveLength(kills);
  if (kills >= 10) console.log(`processes of theirs at each kill: ${members.join(', ')}`);
});
