import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startClock } from '../system/clock.ts';
import { startFixtureService } from '../load/fixtures/service.ts';
import { startLoad } from '../load/k6.ts';
import { lastExportOf } from '../load/k6-end.ts';
import { mergeAll, type ExponentialHistogram } from '../measure/histograms/histogram.ts';
import { histogramsOf, seriesOf } from '../measure/tracks/observations.ts';
import type { PhaseResult } from '../result.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { resolveK6 } from '../tools/k6.ts';
import { loadObservations } from '../archive/samples/load-observations.ts';
import { startOtlpReceiver } from './otlp.ts';
import { openStore } from '../archive/samples/store.ts';

const script = fileURLToPath(new URL('../../scenarios/matrix/baseline.ts', import.meta.url));
const phase = (name: string, startMs: number, endMs: number): PhaseResult => ({
  name,
  kind: 'steady',
  startMs,
  endMs,
  fullSeconds: 1,
  activeJobs: 5,
});

let workspace: Workspace;
let folder: string;
beforeAll(async () => {
  workspace = await createWorkspace('otlp test');
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-otlp-'));
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const total = (values: readonly { values: Float64Array }[]): number =>
  values.reduce((sum, one) => sum + one.values.reduce((a, b) => a + b, 0), 0);

/**
 * Where k6's percentile must lie: it interpolates between two neighbours in rank, so above the lower edge of the
 * first one's bucket and up to the upper edge of the second one's, however far apart few requests put the two.
 */
const between = (histogram: ExponentialHistogram, share: number): [aboveMs: number, upToMs: number] => {
  const base = 2 ** (2 ** -histogram.scale);
  const bucketOf = (rank: number): number => {
    let seen = histogram.zeroCount;
    return histogram.offset + histogram.counts.findIndex((count) => (seen += count) > rank);
  };
  const position = share * (histogram.count - 1);
  return [base ** bucketOf(Math.floor(position)), base ** (bucketOf(Math.ceil(position)) + 1)];
};

test('a real k6: counts equal its own, percentiles within one bucket, phases and outcomes as labels', async () => {
  const samples = path.join(folder, 'samples');
  const store = await openStore(samples, startClock());
  const receiver = await startOtlpReceiver(store);
  const [port = 0] = await workspace.freePorts(1);
  await using service = await startFixtureService(port, 'healthy');
  const load = startLoad({
    script,
    k6: await resolveK6(() => undefined),
    phases: [phase('first', 0, 3000), phase('second', 3000, 6000)],
    targetUrl: service.url,
    otlpUrl: receiver.url,
    lastExport: await lastExportOf(workspace, receiver),
    seed: 7,
    profileName: 'smoke',
    workspace,
    ledgerFile: path.join(folder, 'ledger.ndjson'),
    summaryFile: path.join(folder, 'k6.json'),
    logFile: path.join(folder, 'k6.log'),
  });
  const totals = await load.done;
  await receiver[Symbol.asyncDispose]();
  await store.close();
  const seen = await loadObservations(samples);
  expect(receiver.unreadable).toBe(0);
  expect(total(seriesOf(seen, 'http_reqs'))).toBe(totals.requests);
  expect(total(seriesOf(seen, 'iterations'))).toBe(totals.iterations);
  expect(totals.requests).toBeGreaterThan(150);
  const merged = mergeAll(histogramsOf(seen, 'http_req_duration').flatMap(({ histograms }) => histograms));
  expect(merged.count).toBe(totals.requests);
  for (const [share, own] of [
    [0.5, totals.durationMsP50],
    [0.95, totals.durationMsP95],
    [0.99, totals.durationMsP99],
  ] as const) {
    const [above, upTo] = between(merged, share);
    expect(own, `p${share * 100}`).toBeGreaterThan(above * 0.9999);
    expect(own, `p${share * 100}`).toBeLessThan(upTo * 1.0001);
  }
  expect([...new Set(seriesOf(seen, 'http_reqs').map(({ labels }) => labels['phase']))].sort()).toEqual(
    expect.arrayContaining(['first', 'second']),
  );
  expect(seriesOf(seen, 'http_reqs', { outcome: 'ok', kind: 'interactive' }).length).toBeGreaterThan(0);
  expect(seriesOf(seen, 'http_reqs').every(({ kind, labels }) => kind === 'delta' && labels['url'] === undefined)).toBe(
    true,
  );
  // One clock: everything lies within the run.
  expect(Math.max(...seriesOf(seen, 'http_reqs').flatMap(({ tMs }) => Array.from(tMs)))).toBeLessThan(
    store.nowMs() + 100,
  );
});
