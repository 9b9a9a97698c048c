/** What arrives of a stranger's script: every request counted, whatever it calls its requests, tags and metrics. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recorder, type Recorded } from '../collect/fixtures/recorder.ts';
import { startOtlpReceiver } from '../collect/otlp.ts';
import { openScriptSeries } from '../collect/script-series.ts';
import type { LoadTotals } from '../result.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { k6OptionsOf } from '../tools/k6-arguments.ts';
import { resolveK6 } from '../tools/k6.ts';
import type { Tool } from '../tools/tool.ts';
import { serve, type Served } from './fixtures/server.ts';
import { startLoad } from './k6.ts';
import { lastExportOf } from './k6-end.ts';

let k6: Tool;
let workspace: Workspace;
let folder: string;
let shop: Served;
beforeAll(async () => {
  k6 = await resolveK6(() => undefined);
  workspace = await createWorkspace('foreign load test');
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-foreign-load-'));
  shop = await serve((request, response) => {
    response.writeHead(request.url?.startsWith('/items/') === true ? 404 : 200).end('{}');
  });
});
afterAll(async () => {
  shop.close();
  await workspace[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const drive = async (
  text: string,
  given: { variables?: Record<string, string>; options?: string[] } = {},
): Promise<{ seen: Recorded; totals: LoadTotals }> => {
  const script = path.join(folder, 'script.js');
  writeFileSync(script, text);
  const seen = recorder();
  await using receiver = await startOtlpReceiver(seen.sink, { relabel: openScriptSeries('load').relabel });
  const load = startLoad({
    script,
    k6,
    phases: [{ name: 'load', kind: 'steady', startMs: 0, endMs: 5000, fullSeconds: 5, activeJobs: 0 }],
    targetUrl: shop.url,
    otlpUrl: receiver.url,
    lastExport: await lastExportOf(workspace, receiver),
    seed: 1,
    profileName: 'smoke',
    workspace,
    ledgerFile: path.join(folder, 'console.log'),
    summaryFile: path.join(folder, 'k6.json'),
    logFile: path.join(folder, 'k6.log'),
    foreign: {
      forbiddenNetworks: [],
      variables: Object.entries(given.variables ?? {}).map(([name, value]) => ({ name, value })),
      options: k6OptionsOf(given.options ?? []),
    },
  });
  return { seen, totals: await load.done };
};

test('6,000 addresses: one route, exact totals, as few rows as of one name', async () => {
  const { seen, totals } = await drive(`
    import http from 'k6/http';
    import exec from 'k6/execution';
    export const options = { vus: 20, iterations: 6000 };
    export default function () {
      http.get(__ENV.TARGET_URL + '/items/' + exec.scenario.iterationInTest + '?x=' + __VU);
    }`);
  expect(totals.requests).toBe(6000);
  expect(seen.total('http_reqs', { status: '404', phase: 'load' })).toBe(6000);
  expect(seen.total('http_req_failed.total', { condition: 'nonzero' })).toBe(6000);
  const durations = seen.histograms.filter(({ series }) => series === 'http_req_duration');
  expect(durations.reduce((sum, { histogram }) => sum + histogram.count, 0)).toBe(6000);
  expect(new Set(durations.map(({ labels }) => labels['name']))).toEqual(new Set(['/items/:id']));
  expect(new Set(durations.map(({ atMs }) => atMs)).size).toBe(durations.length);
});

test('setup and teardown apart; its own tags, metrics and summary are its own', async () => {
  const summary = path.join(folder, 'own-summary.json');
  const { seen, totals } = await drive(
    `
    import http from 'k6/http';
    import { Gauge } from 'k6/metrics';
    const workers = new Gauge('workers');
    const tagsOf = (name) => ({ name, kind: 'job', phase: 'burst', id: String(Math.random()) });
    const get = (name) => http.get(__ENV.TARGET_URL + '/' + name, { tags: tagsOf(name) });
    export const setup = () => [get('login'), get('login')].length;
    export default function () { workers.add(40); get('read'); }
    export const teardown = () => void get('logout');
    export const handleSummary = () => ({ [__ENV.SUMMARY]: '{}' });`,
    { variables: { SUMMARY: summary }, options: ['--vus', '2', '--iterations', '10'] },
  );
  expect(totals).toMatchObject({ requests: 13, iterations: 10 });
  const countOf = (phase: string): number => seen.total('http_reqs', { phase, kind: 'interactive' });
  expect(['setup', 'load', 'teardown', 'burst'].map(countOf)).toEqual([2, 10, 1, 0]);
  expect(seen.last('workers')).toBeUndefined();
  expect(seen.last('script.workers')).toBe(40);
  expect(seen.samples.some(({ labels }) => 'id' in labels)).toBe(false);
  expect(existsSync(summary)).toBe(true);
});

test('where the service is by a name of its own, its script untouched', async () => {
  const { totals } = await drive(
    `
    import http from 'k6/http';
    export const options = { vus: 1, iterations: 3 };
    export default function () {
      http.get(__ENV.BASE_URL + '/read');
      http.get('http://' + __ENV.SHOP_HOST + ':' + __ENV.SHOP_PORT + '/read');
    }`,
    { variables: { BASE_URL: '{targetUrl}', SHOP_HOST: '{targetHost}', SHOP_PORT: '{targetPort}' } },
  );
  expect(totals).toMatchObject({ requests: 6, failedRequests: 0 });
});

test("its environment as under k6 alone, but for k6's own options", async () => {
  Object.assign(process.env, { K6_API_USER: 'ann', K6_VUS: '7', SHOP_SIZE: '20' });
  try {
    const { totals } = await drive(`
      import http from 'k6/http';
      export const options = { vus: 2, iterations: 4 };
      const { K6_API_USER, K6_VUS, SHOP_SIZE, TARGET_URL } = __ENV;
      export default function () {
        if (K6_API_USER === 'ann' && K6_VUS === undefined && SHOP_SIZE === '20') http.get(TARGET_URL + '/read');
      }`);
    expect(totals).toMatchObject({ requests: 4, iterations: 4 });
  } finally {
    for (const name of ['K6_API_USER', 'K6_VUS', 'SHOP_SIZE']) delete process.env[name];
  }
});
