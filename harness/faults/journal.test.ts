import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePorts, releasePorts } from '../system/ports.ts';
import { identityOf } from '../system/proc.ts';
import { waitUntil } from '../system/wait.ts';
import type { Revert } from './fault.ts';
import { armInJournal, replayJournal, revertedInJournal } from './journal.ts';
import { stateLetter } from './parts.ts';

let folder = '';
let journal = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-journal-'));
  journal = path.join(folder, 'journal.ndjson');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const stoppedSleep = async (): Promise<{ pid: number; thaw: Revert }> => {
  const child = spawn('sleep', ['30'], { stdio: 'ignore' });
  children.push(child);
  const pid = child.pid!;
  process.kill(pid, 'SIGSTOP');
  await waitUntil('the stop', () => stateLetter(pid) === 'T', { limitMs: 2000 });
  return { pid, thaw: { kind: 'signal', ...identityOf(pid)!, signal: 'SIGCONT' } };
};

test('what the journal holds open is undone, once', async () => {
  const { pid, thaw } = await stoppedSleep();
  armInJournal(journal, 'freeze@1', [thaw]);
  expect(await replayJournal(journal)).toEqual(['reverted freeze@1 (signal)']);
  await waitUntil('the thaw', () => stateLetter(pid) === 'S', { limitMs: 2000 });
  expect(await replayJournal(journal)).toEqual([]);
});

test('what was mended already is left alone, and a torn last line armed nothing yet', async () => {
  const { pid, thaw } = await stoppedSleep();
  armInJournal(journal, 'freeze@1', [thaw]);
  revertedInJournal(journal, 'freeze@1');
  appendFileSync(journal, readFileSync(journal, 'utf8').split('\n')[0]!.slice(0, 30));
  expect(await replayJournal(journal)).toEqual([]);
  expect(stateLetter(pid)).toBe('T');
});

test('another process that got the pid since is not signalled', async () => {
  const { pid } = await stoppedSleep();
  armInJournal(journal, 'freeze@1', [{ kind: 'signal', pid, startTime: '1', signal: 'SIGCONT' }]);
  await replayJournal(journal);
  expect(stateLetter(pid)).toBe('T');
});

test('newest first; one that cannot be undone is said, keeps no other from it, and stays open', async () => {
  const asked: string[] = [];
  let broken = true;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const fails = broken && request.url?.includes('broken') === true;
    const status = fails ? 500 : 204;
    response.writeHead(request.url?.includes('gone') === true ? 404 : status).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const toxic = (name: string): Revert => ({ kind: 'toxic', apiUrl, proxy: 'service-pooler', toxic: name });
  armInJournal(journal, 'latency@1', [toxic('first')]);
  armInJournal(journal, 'blackhole@2', [toxic('broken'), toxic('gone')]);
  expect(await replayJournal(journal)).toEqual([
    'reverted blackhole@2 (toxic)',
    'could not revert blackhole@2 (toxic): Toxiproxy answered 500',
    'reverted latency@1 (toxic)',
  ]);
  expect(asked).toEqual(['gone', 'broken', 'first'].map((name) => `DELETE /proxies/service-pooler/toxics/${name}`));
  broken = false;
  expect(await replayJournal(journal)).toEqual(['reverted blackhole@2 (toxic)', 'reverted blackhole@2 (toxic)']);
  expect(await replayJournal(journal)).toEqual([]);
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

test('what lived in a process that is gone is undone; a setting of a database that is down is not', async () => {
  const [port = 0] = await freePorts(1);
  armInJournal(journal, 'latency@1', [
    { kind: 'toxic', apiUrl: `http://127.0.0.1:${port}`, proxy: 'service-pooler', toxic: 'pgsurge-latency' },
  ]);
  armInJournal(journal, 'pooler-pause@2', [
    {
      kind: 'pooler',
      product: 'pgbouncer',
      adminUrl: `postgres://a:b@127.0.0.1:${port}/pgbouncer`,
      resume: 'app',
    },
  ]);
  armInJournal(journal, 'setting@3', [
    { kind: 'sql', url: `postgres://a:b@127.0.0.1:${port}/app`, statement: 'ALTER SYSTEM RESET ALL' },
  ]);
  const refused = expect.stringMatching(/^could not revert setting@3 \(sql\): .*ECONNREFUSED/) as string;
  expect(await replayJournal(journal)).toEqual([
    refused,
    'reverted pooler-pause@2 (pooler)',
    'reverted latency@1 (toxic)',
  ]);
  expect(await replayJournal(journal)).toEqual([refused]);
  releasePorts([port]);
});

test('no journal, nothing to do', async () => {
  expect(await replayJournal(path.join(folder, 'none'))).toEqual([]);
});
