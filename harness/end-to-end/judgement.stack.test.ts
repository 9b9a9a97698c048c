/** A stranger's script and its own judgement: what it says is wrong is wrong, whatever the figures look like. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve, type Served } from '../load/fixtures/server.ts';
import { onlyRun, pgsurge, reportsFolder, stateOfTheirOwn } from './runs.ts';
import type { CriterionResult, RunResult } from '../result.ts';
import { defaultStackSpec } from '../stack/spec.ts';
import { startStack } from '../stack/start.ts';
import type { StartedStack } from '../stack/stack.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';

const state = stateOfTheirOwn();
const logsFolder = mkdtempSync(path.join(tmpdir(), 'pgsurge-judgement-'));
let workspace: Workspace;
let stack: StartedStack;
let shop: Served;

/** From a run's first request to /slow-spell on: silent between these seconds. */
const spell = { fromMs: 6000, untilMs: 10_500, everyMs: 16_000 };

/** It answers all but `/lost` and `/gone`, at once but for its spell, and has nothing to do with the database. */
const openShop = (port: number): Promise<Served> => {
  let firstAt: number | null = null;
  return serve(({ url = '' }, response) => {
    const answer = (): void => {
      response.writeHead(/lost|gone/.test(url) ? 404 : 200, { 'content-type': 'application/json' });
      response.end('{"items":[]}');
    };
    if (!url.startsWith('/slow-spell')) return answer();
    firstAt = firstAt === null || Date.now() - firstAt > spell.everyMs ? Date.now() : firstAt;
    const sinceMs = Date.now() - firstAt;
    const isSilent = sinceMs >= spell.fromMs && sinceMs < spell.untilMs;
    setTimeout(answer, isSilent ? spell.untilMs - sinceMs : 5);
  }, port);
};

beforeAll(async () => {
  workspace = await createWorkspace('judgement test');
  stack = await startStack('local', defaultStackSpec, { workspace, logsFolder, log: () => {} });
  shop = await openShop((await workspace.freePorts(1))[0] ?? 0);
});
afterAll(async () => {
  shop.close();
  await stack[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  rmSync(logsFolder, { recursive: true, force: true });
  state[Symbol.dispose]();
});

const fixtures: Record<string, string> = {
  'always-404': './fixtures/always-404.js',
  'no-url': './fixtures/no-url.js',
  stalls: './fixtures/stalls.js',
  'stalls-open': './fixtures/stalls-open.js',
  'green-over-nothing': '../load/fixtures/scripts/green-over-nothing.js',
  'stops-itself': '../load/fixtures/scripts/stops-itself.js',
};

interface Looked {
  run: RunResult;
  exitCode: number | undefined;
  all: string;
  criterion(id: string): CriterionResult | undefined;
}

const look = async (name: string): Promise<Looked> => {
  using reports = reportsFolder();
  const script = fileURLToPath(new URL(fixtures[name]!, import.meta.url));
  const database = ['--stack', 'external', '--database-url', stack.databaseUrl('probe')];
  const where = ['--target-url', shop.url, '--reports', reports.folder];
  const { exitCode, all } = await pgsurge(['run', script, ...database, ...where]);
  const { run } = onlyRun(reports.folder);
  const criterion = (id: string): CriterionResult | undefined =>
    run.scenarios[0]!.criteria.find((one) => one.id === id);
  return { run, exitCode, all, criterion };
};

test('a service that answers 404 to everything fails', { tags: 'full' }, async () => {
  const { run, exitCode, all, criterion } = await look('always-404');
  expect(criterion('goodput'), all).toMatchObject({ verdict: 'fail', value: 0 });
  expect(criterion('goodput')!.reason).toContain('404 × ');
  expect(run).toMatchObject({ verdict: 'fail' });
  expect(exitCode).toBe(1);
});

test('requests to what is no URL, of which k6 makes no sample, fail', { tags: 'full' }, async () => {
  const { exitCode, all, criterion } = await look('no-url');
  expect(criterion('requests-sent'), all).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(
      /^1\d\d of 3\d\d requests were never sent, and are in no other figure: invalid URL: /,
    ),
  });
  expect(criterion('goodput')!.reason).toMatch(/^0 of \d+ requests failed/);
  expect(exitCode).toBe(1);
});

test('a script that throws in every iteration and is green in k6 fails, in its own words', async () => {
  const { run, exitCode, all, criterion } = await look('green-over-nothing');
  expect(criterion('script-exceptions'), all).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(/^(\d+) of \1 iterations ended in an exception, the first: TypeError: .*\.js:\d+/),
  });
  expect(criterion('script-checks')).toMatchObject({ verdict: 'inconclusive' });
  expect(criterion('script-thresholds')!.reason).toContain('2 of 2 thresholds had no sample');
  expect(criterion('goodput')!.reason).toMatch(/^0 of \d+ requests failed/);
  expect(run.sentence).toContain('iterations ended in an exception');
  expect(exitCode).toBe(1);
});

describe('an end before the end', { tags: 'full' }, () => {
  test('its own threshold stopped it: judged for that time, with what it had reached', async () => {
    const { run, exitCode, all, criterion } = await look('stops-itself');
    expect(criterion('script-end'), all).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(
        /your threshold rate<0\.5 on http_req_failed stopped the test after \d.* of 60\.0 s, at some .* what lies above/,
      ),
    });
    expect(criterion('script-end')!.reason).toContain('its own summary could not be made');
    expect(run.sentence).toContain('stopped the test');
    expect(exitCode).toBe(1);
  });
});

test('a stall that a closed loop does not see is told, with its time', { tags: 'full' }, async () => {
  const { run, exitCode, all, criterion } = await look('stalls');
  expect(criterion('closed-loop'), all).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringMatching(/^nobody was answered from [\d.]+ to [\d.]+ s \(closed loop: 5 users waited/),
  });
  expect(run.sentence).toContain('obody was answered from');
  expect(run.sentence).not.toContain('nobody waiting');
  expect(exitCode).toBe(3);
});

test('what arrivals could not send in a stall is the service’s, with its number', { tags: 'full' }, async () => {
  const { exitCode, all, criterion } = await look('stalls-open');
  expect(criterion('dropped-iterations'), all).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(
      /\d+ of [\d,]+ iterations were not sent; all 20 users .* busy, since an iteration took/,
    ),
  });
  expect(criterion('closed-loop')).toMatchObject({ verdict: 'notApplicable' });
  expect(exitCode).toBe(1);
});
