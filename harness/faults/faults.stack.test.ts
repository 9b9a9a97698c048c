/** Each fault on a real stack: it bites at its target, it is mended, nothing is left. What the service feels is judged in runs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultResult } from '../result.ts';
import { startService, type TestService } from '../target/fixtures/service.ts';
import { journalFile } from '../system/clean.ts';
import { waitUntil } from '../system/wait.ts';
import { applyFault, faultIds } from './inject.ts';
import type { ApplyOptions } from './inject.ts';
import { replayJournal } from './journal.ts';
import { ask } from './parts.ts';
import { faultResidue } from './residue.ts';

let service: TestService;
let folder = '';
let writing: AbortController;
let writer: Promise<unknown>;

/** Somebody must be there to be hurt: a job and a read, again and again, whatever becomes of them. */
const write = async (signal: AbortSignal): Promise<void> => {
  for (let index = 0; !signal.aborted; index += 1) {
    await Promise.allSettled([
      service.createJob(`fault-${index}`, 3), fetch(`${service.target.url}/dashboard?tenant=tenant-1`, { signal: AbortSignal.timeout(5000) }),
      new Promise((resolve) => { setTimeout(resolve, 60); }),
    ]);
  }
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-faults-'));
  service = await startService({
    settings: { crawlMs: 300, domainDelayMs: 100, taskLeaseSeconds: 2, connectionTimeoutMillis: 3000, queryTimeoutMillis: 4000 },
    stack: { proxies: true, poolerServerLoginRetrySeconds: 1 },
  });
  writing = new AbortController();
  writer = write(writing.signal);
});
afterAll(async () => {
  writing.abort();
  await writer;
  await service[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const apply = (id: string, values: ApplyOptions['with'] = {}, over: Partial<ApplyOptions> = {}): Promise<FaultResult> => applyFault(id, {
  stack: service.stack, target: service.target, workspace: { folder }, nowMs: () => performance.now(), with: values, holdMs: 700, signal: new AbortController().signal, ...over,
});

const serving = (): Promise<unknown> =>
  waitUntil('an answer of the service', async () => (await service.target.alive()) && (await service.send('GET', '/dashboard?tenant=tenant-1')).status === 200, { limitMs: 15_000, everyMs: 100 });

const left = (): Promise<string[]> => faultResidue(service.stack, service.target);
const there = (): Promise<string[]> => faultResidue(service.stack, service.target, 0);

/** Ninety logins take a while. */
const holdOf: Record<string, number> = { 'slots-exhaust': 4000 };
const withOf: Record<string, ApplyOptions['with']> = { freeze: { component: 'service', instance: 1 } };

test.each(faultIds())('%s bites at its target and is mended', async (id) => {
  await serving();
  const result = await apply(id, withOf[id], { holdMs: holdOf[id] ?? 700 });
  expect(result).toMatchObject({ bite: 'bit', revertProved: true });
  expect(result.biteAtTarget?.text).not.toBe('');
  await serving();
  expect(await left()).toEqual([]);
});

test('what cannot bite is said not to, and is no quiet success', async () => {
  expect(await apply('latency', { toxicity: 0 })).toMatchObject({ bite: 'did-not-bite', revertProved: true });
  expect(await apply('latency', { link: 'nowhere' })).toMatchObject({ bite: 'unknown', message: expect.stringContaining('nowhere') as string });
  expect(await apply('freeze', { component: 'service', instance: 7 })).toMatchObject({ bite: 'unknown', message: expect.stringContaining('there is no service 7') as string });
});

test('Ctrl-C mends at once', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  const startedAt = performance.now();
  const result = await apply('pooler-pause', {}, { holdMs: 20_000, signal: stop.signal });
  expect(performance.now() - startedAt).toBeLessThan(6000);
  expect(result.revertProved).toBe(true);
  expect(await left()).toEqual([]);
});

test('residue is seen, and the journal alone mends it', async () => {
  const running = apply('freeze', { component: 'service', instance: 1 }, { holdMs: 6000 });
  await waitUntil('a frozen replica', async () => (await there()).join('; ').includes('service 1 is in state T'), { limitMs: 12_000, everyMs: 50 });
  const toxic = apply('latency', {}, { holdMs: 4000 });
  await waitUntil('two faults in force', async () => /toxic pgsurge-latency on proxy service-pooler.*service 1 is in state T/.test((await there()).join('; ')), { limitMs: 8000, everyMs: 50 });
  expect(readFileSync(journalFile(folder), 'utf8')).toContain('"armed":"freeze@');
  expect((await replayJournal(journalFile(folder))).length).toBeGreaterThanOrEqual(2);
  expect(await left()).toEqual([]);
  await Promise.all([running, toxic]);
  const holder = apply('lock-storm', {}, { holdMs: 3000 });
  await waitUntil('the lock', async () => (await ask(service.stack.databaseUrl('owner'), `SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'tasks'::regclass`)).length > 0, { limitMs: 3000, everyMs: 50 });
  expect((await there()).join('; ')).toMatch(/session \d+ of a fault is idle in transaction, with [1-9]/);
  await holder;
});

test('kill -9 of the harness in the middle of a fault: the warden mends it within ten seconds', async () => {
  const series = fileURLToPath(new URL('../../scripts/kill-series.ts', import.meta.url));
  const { exitCode, all } = await execa(process.execPath, [series, '1', 'frozen-worker'], { reject: false, all: true });
  expect(exitCode, all).toBe(0);
  expect(all).toContain('1 of 1 left nothing');
});
