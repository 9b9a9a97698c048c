/**
 * Each fault on a real stack: it bites at its target, it is mended, nothing is left. What the service feels is judged
 * in runs.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultResult } from '../result.ts';
import type { Component } from '../stack/stack.ts';
import { defaultStackSpec } from '../stack/spec.ts';
import { startTestService, type TestService } from '../launch/fixtures/service.ts';
import { journalFile } from '../system/mend.ts';
import { waitUntil } from '../system/wait.ts';
import { applyFault } from './inject.ts';
import type { ApplyOptions } from './inject.ts';
import { replayJournal } from './journal.ts';
import { faultIds } from './load-fault.ts';
import { ask, stateLetter } from './parts.ts';
import { faultResidue, settingsOfDatabase } from './residue.ts';

let service: TestService;
let folder = '';
let settingsBefore: string[] = [];
let writing: AbortController;
let writer: Promise<unknown>;

/** Somebody must be there to be hurt: a job and a read, again and again, whatever becomes of them. */
const write = async (signal: AbortSignal): Promise<void> => {
  for (let index = 0; !signal.aborted; index += 1) {
    await Promise.allSettled([
      service.createJob(`fault-${index}`, 3),
      fetch(`${service.service.url}/dashboard?tenant=tenant-1`, { signal: AbortSignal.timeout(5000) }),
      new Promise((resolve) => {
        setTimeout(resolve, 60);
      }),
    ]);
  }
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-faults-'));
  service = await startTestService({
    settings: {
      domainDelayMs: 100,
      taskLeaseSeconds: 2,
      connectionTimeoutMillis: 3000,
      queryTimeoutMillis: 4000,
    },
    partner: { crawlMs: 300 },
    stack: { proxies: true, pooler: { ...defaultStackSpec.pooler, serverLoginRetrySeconds: 1 } },
  });
  settingsBefore = await settingsOfDatabase(service.stack);
  writing = new AbortController();
  writer = write(writing.signal);
});
afterAll(async () => {
  writing.abort();
  await writer;
  await service[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const apply = (id: string, values: ApplyOptions['with'] = {}, over: Partial<ApplyOptions> = {}): Promise<FaultResult> =>
  applyFault(id, {
    stack: service.stack,
    service: service.service,
    settingsBefore,
    workspace: { folder, registerMender: () => undefined },
    nowMs: () => performance.now(),
    with: values,
    holdMs: 700,
    signal: new AbortController().signal,
    ...over,
  });

const serving = (): Promise<unknown> =>
  waitUntil(
    'an answer of the service',
    async () =>
      (await service.service.alive()) && (await service.send('GET', '/dashboard?tenant=tenant-1')).status === 200,
    { limitMs: 15_000, everyMs: 100 },
  );

const left = (): Promise<string[]> => faultResidue(service.stack, service.service, { settingsBefore });
const there = (): Promise<string[]> => faultResidue(service.stack, service.service, { settingsBefore, graceMs: 0 });

/** Ninety logins take a while. */
const holdOf: Record<string, number> = { 'slots-exhaust': 4000 };
const withOf: Record<string, ApplyOptions['with']> = { freeze: { component: 'service', instance: 1 } };

/** What each says at least of how it bit. */
const saysOf: Record<string, RegExp> = {
  'replica-kill': /is gone, tasks? .+ in hand/,
  freeze: /is in state T, tasks? .+ in hand/,
  'database-crash': /is gone, and no server process is left/,
};

test.each(faultIds())('%s bites at its target and is mended', async (id) => {
  await serving();
  const result = await apply(id, withOf[id], { holdMs: holdOf[id] ?? 700 });
  expect(result).toMatchObject({ bite: 'bit', revertProved: true });
  expect(result.biteAtTarget?.text).toMatch(saysOf[id] ?? /./);
  await serving();
  expect(await left()).toEqual([]);
});

test('what cannot bite is said not to, and is no quiet success', async () => {
  expect(await apply('latency', { toxicity: 0 })).toMatchObject({ bite: 'did-not-bite', revertProved: true });
  expect(await apply('latency', { link: 'nowhere' })).toMatchObject({
    bite: 'unknown',
    message: expect.stringContaining('nowhere') as string,
  });
  expect(await apply('freeze', { component: 'service', instance: 7 })).toMatchObject({
    bite: 'unknown',
    message: expect.stringContaining('there is no service 7') as string,
  });
});

test('a fault that is healed ends then, mended and proved, with or without a hold of its own', async () => {
  for (const holdMs of [20_000, null]) {
    const healed = new AbortController();
    setTimeout(() => healed.abort(), 1500);
    const startedAt = performance.now();
    const result = await apply('pooler-pause', {}, { holdMs, healed: healed.signal });
    expect(performance.now() - startedAt).toBeLessThan(8000);
    expect(result).toMatchObject({ bite: 'bit', revertProved: true });
    expect(result.revertedAtMs! - result.injectedAtMs!).toBeGreaterThan(1000);
    expect(await left()).toEqual([]);
  }
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

test('residue is seen, and the journal alone mends it', { tags: 'full' }, async () => {
  const running = apply('freeze', { component: 'service', instance: 1 }, { holdMs: 6000 });
  await waitUntil('a frozen replica', async () => (await there()).join('; ').includes('service 1 is in state T'), {
    limitMs: 12_000,
    everyMs: 50,
  });
  const toxic = apply('latency', {}, { holdMs: 4000 });
  await waitUntil(
    'two faults in force',
    async () =>
      /toxic pgsurge-latency on proxy service-pooler.*service 1 is in state T/.test((await there()).join('; ')),
    { limitMs: 8000, everyMs: 50 },
  );
  expect(readFileSync(journalFile(folder), 'utf8')).toContain('"armed":"freeze@');
  expect((await replayJournal(journalFile(folder))).length).toBeGreaterThanOrEqual(2);
  expect(await left()).toEqual([]);
  await Promise.all([running, toxic]);
  const holder = apply('lock-storm', {}, { holdMs: 3000 });
  await waitUntil(
    'the lock',
    async () =>
      (
        await ask(
          service.stack.databaseUrl('owner'),
          `SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'tasks'::regclass`,
        )
      ).length > 0,
    { limitMs: 3000, everyMs: 50 },
  );
  expect((await there()).join('; ')).toMatch(/session \d+ of a fault is idle in transaction, with [1-9]/);
  await holder;
});

/** Faults end the sessions of tests too: one for each statement. */
const owner = (): string => service.stack.databaseUrl('owner');

/** The fault sees this part in place of the real one. */
const instead = (
  name: Component['name'],
  instance: number,
  over: (real: Component) => Partial<Component>,
): Partial<ApplyOptions> => {
  const replaced = (all: readonly Component[]): Component[] =>
    all.map((one) => (one.name === name && one.instance === instance ? { ...one, ...over(one) } : one));
  return {
    plant: (context) => ({
      ...context,
      stack: { ...context.stack, components: replaced(context.stack.components) },
      service: { ...context.service, components: replaced(context.service.components) },
    }),
  };
};

const session = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url, application_name: 'pgsurge-test' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

test(
  'a table that somebody keeps locked is given up after a few seconds, and who keeps it is named',
  { tags: 'full' },
  async () => {
    const leaked = await session(service.stack.databaseUrl('owner'));
    await leaked.query('BEGIN; SELECT count(*) FROM tasks');
    const startedAt = performance.now();
    const result = await apply('lock-storm');
    expect(performance.now() - startedAt).toBeLessThan(8000);
    expect(result).toMatchObject({
      bite: 'unknown',
      revertProved: true,
      message: expect.stringMatching(
        /^table tasks could not be locked within 3 s: session \d+ \(idle in transaction, its transaction \d+ s old\) holds it/,
      ) as string,
    });
    await leaked.end();
    expect(await apply('lock-storm', { table: 'no_such_table' })).toMatchObject({
      bite: 'unknown',
      revertProved: true,
      message: expect.stringContaining('does not exist') as string,
    });
    expect(await left()).toEqual([]);
  },
);

test(
  'an injection that fails half-way is proved mended only where nothing is seen to be left',
  { tags: 'full' },
  async () => {
    const failing = instead('service', 1, (real) => ({
      kill: async (signal) => {
        await real.kill(signal);
        throw new Error('half-way');
      },
    }));
    expect(await apply('replica-kill', {}, failing)).toMatchObject({
      bite: 'unknown',
      revertProved: false,
      message: expect.stringMatching(/^half-way; left behind: service 1 is down/) as string,
    });
    await service.replica(1).start();
    await serving();
    expect(await apply('freeze', withOf['freeze'], failing), 'its own revert is enough').toMatchObject({
      bite: 'unknown',
      revertProved: true,
      message: 'half-way',
    });
    expect(await left()).toEqual([]);
  },
);

test('a replica that held no task when it was hit was not hit in the middle of one', { tags: 'full' }, async () => {
  const idle = instead('service', 1, (real) => ({
    kill: async (signal) => {
      await real.kill(signal);
      if (signal !== 'SIGCONT')
        await ask(
          owner(),
          `UPDATE tasks SET claimed_by = 'somebody else'
          WHERE status = 'running' AND claimed_by LIKE 'queue-worker-1-%'`,
        );
    },
  }));
  expect(await apply('freeze', withOf['freeze'], idle)).toMatchObject({ bite: 'did-not-bite', revertProved: true });
  expect(await apply('replica-kill', {}, idle)).toMatchObject({ bite: 'did-not-bite', revertProved: true });
  await serving();
});

test('a database of which a busy backend lives on was not killed', async () => {
  const busy = await session(service.stack.databaseUrl('owner'));
  const {
    rows: [own],
  } = await busy.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  void busy.query('SELECT count(*) FROM generate_series(1, 4000000000)').catch(() => undefined);
  const onlyPostmaster = instead('database', 0, (real) => ({
    kill: async () => {
      const usage = real.usage();
      if (usage?.kind === 'processTree') process.kill(usage.pid, 'SIGKILL');
    },
  }));
  const result = await apply('database-crash', {}, onlyPostmaster);
  process.kill(own!.pid, 'SIGKILL');
  expect(result).toMatchObject({ bite: 'did-not-bite' });
  await service.stack.components.find(({ name }) => name === 'database')!.start();
  await serving();
});

test(
  'a pooler that an open transaction keeps from an orderly end is ended by its immediate signal, which is said',
  { tags: 'full' },
  async () => {
    const open = await session(service.stack.serviceUrl('pooler', 'app'));
    await open.query('BEGIN; SELECT 1');
    expect(await apply('pooler-restart')).toMatchObject({
      bite: 'bit',
      revertProved: true,
      message: expect.stringMatching(
        /^PgBouncer \S+ did not end within 5 s of SIGINT.*: ended by SIG(TERM|QUIT)$/,
      ) as string,
    });
    await open.end().catch(() => undefined);
    await serving();
    expect(await left()).toEqual([]);
  },
);

test('a stopped backend and changed settings are residue', async () => {
  const backend = await session(service.stack.databaseUrl('owner'));
  const {
    rows: [own],
  } = await backend.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await ask(owner(), `ALTER SYSTEM SET work_mem = '5MB'`);
  await ask(owner(), `ALTER DATABASE app SET default_transaction_read_only = 'off'`);
  process.kill(own!.pid, 'SIGSTOP');
  await waitUntil('the stop', () => stateLetter(own!.pid) === 'T', { limitMs: 2000 });
  const seen = await there();
  process.kill(own!.pid, 'SIGCONT');
  await ask(owner(), 'ALTER SYSTEM RESET ALL');
  await ask(owner(), 'ALTER DATABASE app RESET ALL');
  await backend.end();
  expect(seen.toSorted()).toEqual([
    expect.stringMatching(
      new RegExp(`^process ${own!.pid} of database 0 is in state T: postgres: pgsurge app .* idle$`),
    ),
    'setting default_transaction_read_only=off is changed for database app',
    `setting work_mem is changed by ALTER SYSTEM to '5MB'`,
  ]);
  expect(await left()).toEqual([]);
});

test(
  'kill -9 of the harness in the middle of a fault: the warden mends it within ten seconds',
  { tags: 'full' },
  async () => {
    const series = fileURLToPath(new URL('../../scripts/kill-series.ts', import.meta.url));
    const { exitCode, all } = await execa(process.execPath, [series, '1', 'frozen-worker'], {
      reject: false,
      all: true,
    });
    expect(exitCode, all).toBe(0);
    expect(all).toContain('1 of 1 left nothing');
  },
);
