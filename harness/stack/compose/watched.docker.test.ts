import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startClock, type Clock } from '../../system/clock.ts';
import { startCollectors } from '../../collect/collect.ts';
import { loadObservations } from '../../archive/samples/load-observations.ts';
import { startOtlpReceiver } from '../../collect/otlp.ts';
import { openStore } from '../../archive/samples/store.ts';
import { applyFault } from '../../faults/inject.ts';
import { settingsOfDatabase } from '../../faults/residue.ts';
import { faultIds } from '../../faults/load-fault.ts';
import { seriesOf, type Observations } from '../../measure/tracks/observations.ts';
import type { FaultResult } from '../../result.ts';
import { createWorkspace } from '../../system/workspace.ts';
import { startService } from '../../launch/launch.ts';
import { defaultStackSpec } from '../spec.ts';
import { startStack } from '../start.ts';

let observations: Observations;
const results: FaultResult[] = [];
const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-watched-'));
const holdMs = 1500;

/** Requests and jobs, so that faults find something to break. */
const trickle = (url: string): AsyncDisposable => {
  let sent = 0;
  const post = (): void => {
    sent += 1;
    const headers = { 'content-type': 'application/json', 'idempotency-key': `trickle-${sent}` };
    void fetch(`${url}/jobs`, {
      method: 'POST',
      headers,
      signal: AbortSignal.timeout(5000),
      body: JSON.stringify({ tenant: 'tenant-1', title: 'one', pages: 5, payload: 'x' }),
    })
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined);
  };
  const timer = setInterval(post, 100);
  return { [Symbol.asyncDispose]: async () => clearInterval(timer) };
};

const watch = async (clock: Clock): Promise<void> => {
  await using workspace = await createWorkspace('watched compose stack');
  await using store = await openStore(path.join(folder, 'samples'), clock);
  await using receiver = await startOtlpReceiver(store);
  const context = { workspace, logsFolder: path.join(folder, 'logs'), log: () => undefined };
  await using stack = await startStack(
    'compose',
    { ...defaultStackSpec, proxies: true, pooler: { ...defaultStackSpec.pooler, serverLoginRetrySeconds: 1 } },
    context,
  );
  await using service = await startService(
    stack,
    { replicas: 2, route: 'pooler', settings: {}, release: null, otlpUrl: receiver.url, seed: 1, timeScale: 1 },
    context,
  );
  const components = (): typeof stack.components => [...stack.components, ...service.components];
  await using _collection = await startCollectors({
    stack,
    components,
    probeUrl: stack.databaseUrl('probe'),
    intervalMs: 200,
    sink: store,
  });
  await using _load = trickle(service.url);
  await new Promise((resolve) => {
    setTimeout(resolve, 3000);
  });
  const settingsBefore = await settingsOfDatabase(stack);
  for (const id of faultIds()) {
    results.push(
      await applyFault(id, {
        stack,
        service,
        settingsBefore,
        workspace,
        nowMs: () => clock.nowMs(),
        with: {},
        holdMs,
        signal: new AbortController().signal,
      }),
    );
  }
};

beforeAll(async () => {
  await watch(startClock());
  observations = await loadObservations(path.join(folder, 'samples'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every fault bites in containers, and is mended', () => {
  expect(results.length).toBeGreaterThan(10);
  expect(results.filter(({ bite, revertProved }) => bite !== 'bit' || !revertProved)).toEqual([]);
});

test('every part is sampled: CPU that grows, memory, waiting', () => {
  for (const [component, instance] of [
    ['database', 0],
    ['pooler', 0],
    ['proxy', 0],
    ['service', 0],
    ['service', 1],
    ['front', 0],
  ] as const) {
    for (const name of ['process.cpu_seconds', 'process.run_wait_seconds', 'process.memory_bytes']) {
      const [series] = seriesOf(observations, name, { component, instance: String(instance) });
      expect.soft(series?.values.length ?? 0, `${name} ${component} ${instance}`).toBeGreaterThan(3);
      expect.soft(Math.max(0, ...(series?.values ?? [])), `${name} ${component} ${instance}`).toBeGreaterThan(0);
    }
  }
});

test("the service's own metrics and the errors in all logs arrive", () => {
  expect(seriesOf(observations, 'db.client.connection.count').length).toBeGreaterThan(0);
  expect(observations.sources.filter(({ source, ok }) => source === 'otlp' && !ok)).toEqual([]);
  const components = new Set(observations.logLines.map(({ component }) => component));
  expect([...components].sort()).toEqual(expect.arrayContaining(['database', 'pooler', 'service']));
});
