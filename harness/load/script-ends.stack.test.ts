/** What a stranger's script came to, by k6's own words and figures: only a real k6 knows how it says them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sink } from '../collect/collector.ts';
import { startOtlpReceiver, type OtlpReceiver } from '../collect/otlp.ts';
import { inspectForeign, type ForeignScript } from '../profile/foreign-script.ts';
import { profiles } from '../profile/profiles.ts';
import type { LoadTotals } from '../result.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { resolveK6 } from '../tools/k6.ts';
import type { Tool } from '../tools/tool.ts';
import { serve, type Served } from './fixtures/server.ts';
import { startLoad } from './k6.ts';

let k6: Tool;
let workspace: Workspace;
let folder: string;
let shop: Served;
let receiver: OtlpReceiver;
/** Requests by outcome, as the receiver took them. */
const outcomes = new Map<string, number>();

const sink: Sink = {
  nowMs: () => performance.now(),
  sample: (name, labels, value) => {
    const outcome = labels['outcome'] ?? '';
    if (name === 'http_reqs') outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + value);
  },
  histogram: () => undefined,
  log: () => undefined,
  source: () => undefined,
};

/** It has everything but the pages `/gone` and `/lost`. */
const openShop = (port: number): Promise<Served> =>
  serve(({ url }, response) => {
    response.writeHead(/gone|lost/.test(url ?? '') ? 404 : 200, { 'content-type': 'application/json' });
    response.end('{"items":[]}');
  }, port);

beforeAll(async () => {
  k6 = await resolveK6(() => undefined);
  workspace = await createWorkspace('script ends test');
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-script-ends-'));
  shop = await openShop((await workspace.freePorts(1))[0] ?? 0);
  receiver = await startOtlpReceiver(sink);
});
afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  shop.close();
  await workspace[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const context = { bounds: [], configured: [], environment: {}, purpose: '', profile: profiles.smoke };

const drive = async (name: string): Promise<LoadTotals> => {
  outcomes.clear();
  const script = fileURLToPath(new URL(`./fixtures/scripts/${name}.js`, import.meta.url));
  const given = { variables: [{ name: 'TARGET_URL', value: shop.url }], options: [] };
  const [{ declaration }] = (await inspectForeign(script, k6, given, context)) as [ForeignScript];
  const run = path.join(folder, name);
  return startLoad({
    script,
    k6,
    phases: [],
    targetUrl: shop.url,
    otlpUrl: receiver.url,
    seed: 1,
    profileName: 'smoke',
    ledgerFile: `${run}/console.log`,
    summaryFile: `${run}/k6.json`,
    logFile: `${run}/k6.log`,
    workspace,
    foreign: { forbiddenNetworks: [], ...given, script: declaration.script },
  }).done;
};

test('green over nothing: exceptions are counted, thresholds of no sample have none', async () => {
  const totals = await drive('green-over-nothing');
  expect(totals).toMatchObject({ exitCode: 0, checksPassed: 0, checksFailed: 0, checks: [] });
  expect(totals.thresholds).toEqual([
    { metric: 'checks', expression: 'rate>=0.9', kept: true, samples: 0 },
    { metric: 'http_req_duration{scenario:checkout}', expression: 'p(95)<100', kept: true, samples: 0 },
  ]);
  const [first, ...others] = totals.words!.exceptions;
  expect(others).toEqual([]);
  expect(first).toMatchObject({ place: 'iteration', text: expect.stringMatching(/^TypeError: .*find/) });
  expect(first!.count).toBe(totals.iterations);
  expect(first!.line).toMatch(/^green-over-nothing\.js:\d+:\d+/);
});

test('the tags that say how requests came out are there, whatever the script keeps', async () => {
  const totals = await drive('expects-404');
  expect(Object.fromEntries(outcomes)).toEqual({ expected: 4, error: 4 });
  expect(totals).toMatchObject({ exitCode: 99, requests: 8, failedRequests: 4 });
  expect(totals.checks).toEqual([
    { name: 'is gone', group: '::pages', passes: 4, fails: 0 },
    { name: 'is there', group: '::pages', passes: 0, fails: 4 },
  ]);
  expect(totals.thresholds).toEqual([
    { metric: 'checks', expression: 'rate>0.9', kept: false, samples: 8 },
    { metric: 'checks{check:is there}', expression: 'rate>0.9', kept: false, samples: 4 },
  ]);
});

describe('an end before the end has figures, and says why', () => {
  test('a threshold that stops the test, and a summary that nobody could write', async () => {
    const totals = await drive('stops-itself');
    expect(totals.exitCode).toBe(99);
    expect(totals.requests).toBeGreaterThan(5);
    expect(totals.words).toMatchObject({
      stopped: { by: 'threshold', words: expect.stringContaining("'http_req_failed'") },
      userCaps: [{ scenario: 'ramp', users: 1 }],
      summaryProblem: expect.stringContaining('no-such-folder/summary.json'),
    });
  });

  test('the script itself', async () => {
    const totals = await drive('aborts');
    expect(totals).toMatchObject({ exitCode: 108, requests: 4 });
    expect(totals.words!.stopped).toEqual({ by: 'script', words: 'the basket is empty' });
  });
});

test('an exception of a teardown is not a script that does not load', async () => {
  const totals = await drive('teardown-throws');
  expect(totals).toMatchObject({ exitCode: 107, requests: 2 });
  expect(totals.words!.exceptions).toMatchObject([
    { place: 'teardown', count: 1, text: 'Error: the order is still there' },
  ]);
});

test('an exception of a setup is told before there is anything to judge, by its words and line', async () => {
  const error = await drive('setup-throws').then(
    () => new Error('it ran'),
    (reason: unknown) => reason as Error,
  );
  expect(error).toMatchObject({ exitCode: 2 });
  expect(error.message).toBe(
    'the script setup-throws.js threw in its setup, before any load: Error: login gave 404 (setup-throws.js, line 8)',
  );
});
