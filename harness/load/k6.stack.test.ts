import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PgsurgeError } from '../errors.ts';
import type { PhaseResult } from '../result.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { resolveK6 } from '../tools/k6.ts';
import type { Tool } from '../tools/tool.ts';
import { startFixtureService, type Behaviour, type FixtureService } from './fixtures/service.ts';
import { startLoad, type RunningLoad } from './k6.ts';
import { countOutcomes, readLedger } from './ledger.ts';

const scenario = fileURLToPath(new URL('../../scenarios/matrix/baseline.ts', import.meta.url));
const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const phase = (
  name: string,
  startMs: number,
  endMs: number,
  activeJobs: PhaseResult['activeJobs'] = 3,
): PhaseResult => ({ name, kind: 'steady', startMs, endMs, fullSeconds: 1, activeJobs });
const twoPhases = [phase('first', 0, 1500), phase('second', 1500, 3000)];

let k6: Tool;
let workspace: Workspace;
let folder: string;
let receiver: { url: string; posts: number; close(): void };

beforeAll(async () => {
  k6 = await resolveK6(() => undefined);
  workspace = await createWorkspace('load test');
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-load-'));
  const [port = 0] = await workspace.freePorts(1);
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      receiver.posts += 1;
      response.end();
    });
  });
  server.listen(port, '127.0.0.1');
  receiver = {
    url: `http://127.0.0.1:${port}`,
    posts: 0,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
});
afterAll(async () => {
  receiver.close();
  await workspace[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

let runs = 0;
const start = (
  targetUrl: string,
  options: { script?: string; phases?: PhaseResult[]; seed?: number } = {},
): { load: RunningLoad; ledgerFile: string; summaryFile: string } => {
  const run = path.join(folder, String((runs += 1)));
  const files = { ledgerFile: `${run}/ledger.ndjson`, summaryFile: `${run}/k6.json`, logFile: `${run}/k6.log` };
  const load = startLoad({
    script: options.script ?? scenario,
    k6,
    phases: options.phases ?? twoPhases,
    targetUrl,
    otlpUrl: receiver.url,
    seed: options.seed ?? 7,
    profileName: 'smoke',
    workspace,
    ...files,
  });
  return { load, ...files };
};

const serve = async (behaviour: Behaviour): Promise<FixtureService> =>
  startFixtureService((await workspace.freePorts(1))[0] ?? 0, behaviour);
const rejection = async (promise: Promise<unknown>): Promise<PgsurgeError> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: PgsurgeError) => error,
  );

describe('a healthy service', () => {
  test('k6 = service = ledger, and k6 leaves its figures', async () => {
    await using service = await serve('healthy');
    const { load, ledgerFile } = start(service.url);
    const startedAt = await load.started;
    const totals = await load.done;
    const ledger = await readLedger(ledgerFile, startedAt);
    expect(totals).toMatchObject({ exitCode: 0, requests: service.requests, failedRequests: 0, droppedIterations: 0 });
    expect(totals.iterations).toBeGreaterThan(60);
    expect(totals.durationMsP99).toBeGreaterThan(0);
    expect(ledger.unreadable).toBe(0);
    expect(countOutcomes(ledger)).toEqual({
      invoked: service.acknowledged.size,
      ok: service.acknowledged.size,
      fail: 0,
      unknown: 0,
    });
    for (const { key, content, invokedAtMs } of ledger.operations) {
      expect(service.received.get(key)).toEqual(content);
      expect(invokedAtMs).toBeGreaterThanOrEqual(0);
    }
    expect([...service.kinds].sort()).toEqual([
      'GET /dashboard',
      'GET /jobs',
      'GET /jobs/:id',
      'GET /notes/:id',
      'POST /jobs',
      'PUT /notes/:id',
    ]);
    expect(receiver.posts).toBeGreaterThan(1);
    expect(load.component.usage()).toBeNull();
  });

  test('content follows from seed and key alone', { tags: 'full' }, async () => {
    await using service = await serve('healthy');
    const contents = async (seed: number): Promise<Map<string, string>> => {
      const { load, ledgerFile } = start(service.url, { phases: [phase('only', 0, 1500)], seed });
      await load.done;
      const { operations } = await readLedger(ledgerFile, 0);
      return new Map(operations.map(({ key, content }) => [key.replace(`-${seed}-`, '-'), JSON.stringify(content)]));
    };
    const [once, again, other] = [await contents(1), await contents(1), await contents(2)];
    const shared = [...once.keys()].filter((key) => again.has(key) && other.has(key));
    expect(shared.length).toBeGreaterThan(3);
    for (const key of shared) expect(again.get(key)).toBe(once.get(key));
    expect(shared.some((key) => other.get(key) !== once.get(key))).toBe(true);
  });
});

// Each has a service of its own, and mostly waits for its k6: side by side.
describe.concurrent('what the ledger says of an answer', () => {
  test.each<[Behaviour, 'fail' | 'unknown', boolean]>([
    ['refuses', 'fail', false],
    ['rolls-back', 'fail', true],
    ['says-nothing', 'unknown', true],
  ])('a service that %s: %s', async (behaviour, outcome, failed) => {
    await using service = await serve(behaviour);
    const { load, ledgerFile } = start(service.url, { phases: [phase('only', 0, 1500)] });
    const totals = await load.done;
    const counts = countOutcomes(await readLedger(ledgerFile, 0));
    expect(counts[outcome]).toBe(counts.invoked);
    expect(counts.invoked).toBe(service.received.size);
    expect(totals.failedRequests > 0).toBe(failed);
  });

  test('a dead service answers nothing: unknown, never ok, and every request failed', { tags: 'full' }, async () => {
    const [port = 0] = await workspace.freePorts(1);
    const { load, ledgerFile } = start(`http://127.0.0.1:${port}`, { phases: [phase('only', 0, 2000)] });
    const totals = await load.done;
    const counts = countOutcomes(await readLedger(ledgerFile, 0));
    expect(counts).toEqual({ invoked: counts.invoked, ok: 0, fail: 0, unknown: counts.invoked });
    expect(counts.invoked).toBeGreaterThan(3);
    expect(totals.failedRequests).toBe(totals.requests);
    // Attempts of one job share its key: more attempts than operations.
    const keys = readFileSync(ledgerFile, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"invoke"') && line.includes('createJob'));
    expect(keys.length).toBeGreaterThan(new Set(keys.map((line) => (JSON.parse(line) as { k: string }).k)).size);
  });
});

describe('an end before the end', () => {
  test('k6 killed -9: every write that the service saw is in the ledger, and done says what happened', async () => {
    await using service = await serve('healthy');
    const { load, ledgerFile } = start(service.url, { phases: [phase('only', 0, 20_000, 20)] });
    await load.started;
    await sleep(1500);
    await load.component.kill('SIGKILL');
    const error = await rejection(load.done);
    expect(error.message).toMatch(/^k6 was killed by SIGKILL while it drove baseline\.ts/);
    expect(error.exitCode).toBe(3);
    const ledger = await readLedger(ledgerFile, 0);
    expect(ledger.unreadable).toBeLessThanOrEqual(1);
    const known = new Set(ledger.operations.map(({ key }) => key));
    expect([...service.received.keys()].filter((key) => !known.has(key))).toEqual([]);
    const { ok, unknown, fail } = countOutcomes(ledger);
    expect(fail).toBe(0);
    expect(ok).toBeLessThanOrEqual(service.acknowledged.size);
    expect(ok + unknown).toBeGreaterThanOrEqual(service.received.size);
    expect(unknown).toBeLessThanOrEqual(40);
  });

  test('stop is orderly: k6 writes its figures', async () => {
    await using service = await serve('healthy');
    const { load } = start(service.url, { phases: [phase('only', 0, 60_000)] });
    await load.started;
    await sleep(800);
    await load.stop();
    await load.stop();
    const totals = await load.done;
    expect(totals.exitCode).toBe(105);
    expect(totals.requests).toBeGreaterThan(10);
  });
});

describe('what cannot run ends in one line with the right code', () => {
  test.concurrent.each([
    [
      'a script that does not load',
      'does-not-load.ts',
      2,
      'scenario does-not-load.ts does not load: this scenario needs a file that is not there',
    ],
    ['a script without handleSummary', 'no-summary.ts', 3, 'k6 left no readable end figures'],
    ['a script that is not there', 'nowhere.ts', 2, 'nowhere.ts'],
  ])('%s', async (_, script, exitCode, message) => {
    await using service = await serve('healthy');
    const { load } = start(service.url, { script: fixture(script), phases: [phase('only', 0, 1000, 1)] });
    const error = await rejection(load.done);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
    expect(error.exitCode).toBe(exitCode);
  });

  test.concurrent('options that k6 refuses', async () => {
    const { load } = start('http://127.0.0.1:9', { phases: [phase('only', 0, 500, 1)] });
    const error = await rejection(load.done);
    expect(error.message).toMatch(
      /^k6 refuses the options of baseline\.ts: scenario interactive has configuration errors: the duration must be at least 1s/,
    );
    expect(error.exitCode).toBe(2);
  });

  test.concurrent('a service that is not on loopback', async () => {
    const { load } = start('http://example.com:8080', { phases: [phase('only', 0, 500, 1)] });
    const error = await rejection(load.started);
    expect(error.message).toContain(
      'TARGET_URL names example.com, which is not loopback: set PGSURGE_ALLOW_HOST=example.com',
    );
    expect(error.exitCode).toBe(2);
    await rejection(load.done);
  });

  test('K6_ variables of the shell change nothing', { tags: 'full' }, async () => {
    process.env['K6_VUS'] = '1';
    process.env['K6_DURATION'] = '1s';
    try {
      await using service = await serve('healthy');
      const { load } = start(service.url, { phases: [phase('only', 0, 1000, 2)] });
      expect(await load.done).toMatchObject({ exitCode: 0, requests: service.requests });
    } finally {
      delete process.env['K6_VUS'];
      delete process.env['K6_DURATION'];
    }
  });
});
