/** What arrives over OTLP is what k6 says at its end: counts exactly, percentiles within one bucket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sink } from '../collect/collector.ts';
import { startOtlpReceiver } from '../collect/otlp.ts';
import { fineQuantile } from '../measure/histograms/fine-quantile.ts';
import { mergeAll, quantile, type ExponentialHistogram } from '../measure/histograms/histogram.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import type { PhaseResult } from '../result.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { resolveK6 } from '../tools/k6.ts';
import type { Tool } from '../tools/tool.ts';
import { startFixtureService } from './fixtures/service.ts';
import { startLoad } from './k6.ts';
import { lastExportOf } from './k6-end.ts';
import { readLedger } from './ledger.ts';

const scenario = fileURLToPath(new URL('../../scenarios/matrix/burst.ts', import.meta.url));
const phases = (
  [
    ['before', 0, 1500, 2],
    ['burst', 1500, 3300, 20],
    ['recovery', 3300, 4800, 2],
  ] as const
).map(([name, startMs, endMs, activeJobs]): PhaseResult => ({
  name,
  kind: 'steady',
  startMs,
  endMs,
  fullSeconds: 1,
  activeJobs,
}));

let k6: Tool;
let workspace: Workspace;
let folder: string;
beforeAll(async () => {
  k6 = await resolveK6(() => undefined);
  workspace = await createWorkspace('identities test');
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-identities-'));
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Kept {
  name: string;
  labels: Labels;
  value: number;
  histogram: ExponentialHistogram | null;
}

const keepAll = (kept: Kept[]): Sink => ({
  nowMs: () => 0,
  sample: (name, labels, value) => {
    kept.push({ name, labels, value, histogram: null });
  },
  histogram: (name, labels, histogram) => {
    kept.push({ name, labels, value: histogram.count, histogram });
  },
  log: () => undefined,
  source: () => undefined,
});

/** What each load of this file is started with. */
const shared = () => ({
  k6,
  seed: 3,
  profileName: 'smoke',
  workspace,
  ledgerFile: path.join(folder, 'ledger.ndjson'),
  summaryFile: path.join(folder, 'k6.json'),
  logFile: path.join(folder, 'k6.log'),
});

/** A receiver that takes its time: half of all instants lie within an export. */
const startSlowReceiver = async (behind: string): Promise<AsyncDisposable & { url: string }> => {
  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await sleep(500);
    const body = await buffer(request);
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const answer = await fetch(`${behind}${request.url}`, { method: 'POST', headers, body });
    response.writeHead(answer.status).end();
  };
  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

test.each([0, 250, 500, 750])(
  'k6 leaves when all is exported, also where the receiver is slow and the load ends %i ms later',
  { tags: 'full' },
  async (laterMs) => {
    const kept: Kept[] = [];
    await using receiver = await startOtlpReceiver(keepAll(kept));
    await using slow = await startSlowReceiver(receiver.url);
    await using service = await startFixtureService((await workspace.freePorts(1))[0] ?? 0, 'healthy');
    const totals = await startLoad({
      script: scenario,
      phases: [{ ...phases[0]!, endMs: 2000 + laterMs }],
      targetUrl: service.url,
      otlpUrl: slow.url,
      lastExport: await lastExportOf(workspace, receiver),
      ...shared(),
    }).done;
    const arrived = kept.filter(({ name }) => name === 'http_reqs').reduce((total, { value }) => total + value, 0);
    expect(arrived).toBe(totals.requests);
    expect(totals.exitCode).toBe(0);
  },
);

test('k6 = what arrived = service, by phase', async () => {
  const kept: Kept[] = [];
  await using receiver = await startOtlpReceiver(keepAll(kept));
  await using service = await startFixtureService((await workspace.freePorts(1))[0] ?? 0, 'healthy');
  const load = startLoad({
    script: scenario,
    phases,
    targetUrl: service.url,
    otlpUrl: receiver.url,
    lastExport: await lastExportOf(workspace, receiver),
    ...shared(),
  });
  const [startedAt, totals] = [await load.started, await load.done];
  const sum = (name: string, wanted: Labels = {}): number =>
    kept
      .filter(
        (one) => one.name === name && Object.entries(wanted).every(([label, value]) => one.labels[label] === value),
      )
      .reduce((total, { value }) => total + value, 0);

  expect(sum('http_reqs')).toBe(totals.requests);
  expect(sum('http_reqs')).toBe(service.requests);
  expect(sum('http_reqs', { outcome: 'ok' })).toBe(totals.requests);
  expect(sum('iterations')).toBe(totals.iterations);
  const byPhase = phases.map(({ name }) => sum('http_reqs', { phase: name }));
  expect(byPhase.reduce((total, count) => total + count, 0)).toBe(totals.requests);
  // The phase is the one in which the request was sent, also where its job began in another; what waits at an edge may
  // fall on either side.
  const seenIn = ({ startMs, endMs }: PhaseResult): number =>
    service.times.filter((at) => at - startedAt >= startMs && (at - startedAt < endMs || endMs === 4800)).length;
  for (const [index, phase] of phases.entries())
    expect(Math.abs((byPhase[index] ?? 0) - seenIn(phase))).toBeLessThan(8);
  // 20 a second, constant, whatever the jobs do: 30 in each phase but for the edges.
  for (const { name } of phases) expect(sum('http_reqs', { phase: name, kind: 'interactive' })).toBeGreaterThan(24);
  expect(sum('pgsurge_request_duration')).toBe(sum('http_reqs', { kind: 'interactive' }));
  expect(sum('pgsurge_jobs_done')).toBe(sum('pgsurge_job_duration'));
  const { attempts } = await readLedger(path.join(folder, 'ledger.ndjson'), startedAt);
  expect(totals.writes).toEqual(attempts);
});

/**
 * k6 interpolates between the observations before and after share × (count − 1): the shares at which each of the two is
 * the nearest rank.
 */
const neighbours = (share: number, count: number): [below: number, above: number] => {
  const position = share * (count - 1);
  return [(Math.floor(position) + 0.5) / count, (Math.ceil(position) + 0.5) / count];
};

test(
  "percentiles of what arrived are k6's own: merged within one bucket, finely within 1 % from 5,000 samples",
  { tags: 'full' },
  async () => {
    const kept: Kept[] = [];
    await using receiver = await startOtlpReceiver(keepAll(kept));
    await using service = await startFixtureService((await workspace.freePorts(1))[0] ?? 0, 'healthy', 40);
    const totals = await startLoad({
      script: fileURLToPath(new URL('./fixtures/many-requests.ts', import.meta.url)),
      targetUrl: service.url,
      otlpUrl: receiver.url,
      phases: [{ name: 'steady', kind: 'steady', startMs: 0, endMs: 8000, fullSeconds: 8, activeJobs: 0 }],
      ...shared(),
    }).done;
    const histograms = kept.flatMap(({ name, histogram }) =>
      name === 'http_req_duration' && histogram !== null ? [histogram] : [],
    );
    const merged = mergeAll(histograms);
    expect(merged.count).toBe(totals.requests);
    expect(merged.count).toBeGreaterThan(5000);
    const bucket = 2 ** (2 ** -merged.scale);
    expect(bucket).toBeLessThan(1.1);
    for (const [share, exact] of [
      [0.5, totals.durationMsP50],
      [0.95, totals.durationMsP95],
      [0.99, totals.durationMsP99],
    ] as const) {
      const [below, above] = neighbours(share, merged.count);
      expect(exact).toBeGreaterThan(quantile(merged, below)! / bucket);
      expect(exact).toBeLessThan(quantile(merged, above)! * bucket);
      expect(exact).toBeGreaterThan(fineQuantile(histograms, below)! * 0.99);
      expect(exact).toBeLessThan(fineQuantile(histograms, above)! * 1.01);
    }
  },
);

test("a bare k6 run is whole: k6's own summary, no ledger lines", { tags: 'full' }, async () => {
  await using service = await startFixtureService((await workspace.freePorts(1))[0] ?? 0, 'healthy');
  const { stdout, stderr, exitCode } = await execa(
    k6.path,
    [
      'run',
      '--quiet',
      '--no-usage-report',
      '--no-color',
      '-e',
      `PGSURGE_PHASES=${JSON.stringify(phases)}`,
      '-e',
      `TARGET_URL=${service.url}`,
      scenario,
    ],
    { timeout: 60_000 },
  );
  expect(exitCode).toBe(0);
  expect(stdout).toContain('TOTAL RESULTS');
  expect(stdout).toContain('pgsurge_request_duration');
  expect(`${stdout}${stderr}`).not.toContain('"invoke"');
});

test('without phases from outside, a script runs its smoke lengths', async () => {
  const { stdout } = await execa(k6.path, ['inspect', scenario], { timeout: 20_000 });
  const { scenarios } = JSON.parse(stdout) as {
    scenarios: {
      jobs: { stages: { duration: string; target: number }[] };
      interactive: { duration: string; rate: number };
    };
  };
  expect(scenarios.jobs.stages.filter(({ duration }) => duration !== '0s')).toEqual([
    { duration: '2s', target: 10 },
    { duration: '4s', target: 10 },
    { duration: '8s', target: 100 },
    { duration: '12s', target: 10 },
  ]);
  expect(scenarios.interactive).toMatchObject({ duration: '26s', rate: 20 });
});
