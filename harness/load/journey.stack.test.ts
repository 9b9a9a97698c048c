/** The rows of `matrix` of pgsurge/k6, by real k6: it is looked at as it runs, and each request has its phase. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JourneyDeclaration } from '../../scenarios/lib/journey.ts';
import { recorder, type Recorded } from '../collect/fixtures/recorder.ts';
import { startOtlpReceiver } from '../collect/otlp.ts';
import { packScript } from '../profile/script-archive.ts';
import type { LoadTotals, PhaseResult } from '../result.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
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
  workspace = await createWorkspace('journey test');
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-journey-'));
  shop = await serve((_, response) => response.end('{}'));
});
afterAll(async () => {
  shop.close();
  await workspace[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const write = (options: string, more = ''): string => {
  const file = path.join(folder, 'journey.ts');
  const text = `import { sleep } from 'k6';
    import { get } from 'k6/http';
    import { matrix } from 'pgsurge/k6';
    export const options = matrix(${options});
    export const setup = () => void get(__ENV.TARGET_URL + '/setup');
    export default function (): void { get(__ENV.TARGET_URL + '/read'); ${more} sleep(0.1); }\n`;
  writeFileSync(file, text);
  return file;
};

interface Packed {
  scenarios: Record<string, { executor: string; stages: { target: number }[] }>;
  ext: { pgsurge: JourneyDeclaration };
}

const look = async (file: string, row?: string): Promise<Packed & { hash: string }> => {
  const variables = row === undefined ? [] : [{ name: 'PGSURGE_ROW', value: row }];
  const { options, hash } = await packScript(file, k6, { variables, options: [] });
  return { ...(options as unknown as Packed), hash };
};

test('four shapes of one journey, by users or by rate', async () => {
  const first = await look(write("{ journey: 'default', baseline: 10 }"));
  const { rows } = first.ext.pgsurge;
  expect(rows).toEqual(['baseline', '2x', '5x', 'burst']);
  const most = async (row: string): Promise<number> => {
    const { scenarios } = await look(path.join(folder, 'journey.ts'), row);
    return Math.max(...scenarios[row]!.stages.map(({ target }) => target));
  };
  expect(await Promise.all(rows.map(most))).toEqual([10, 20, 50, 100]);
  expect(first.ext.pgsurge.phases.map(({ amount }) => amount)).toEqual([5, [5, 10]]);
  expect(readdirSync(folder).filter((name) => name.includes('pgsurge'))).toEqual([]);

  const byRate = await look(write("{ journey: 'default', baseline: 0.5, by: 'rate' }"), '2x');
  expect(byRate.scenarios['2x']).toMatchObject({ executor: 'ramping-arrival-rate', timeUnit: '1m0s' });
  expect(byRate.scenarios['2x']!.stages.at(-1)).toMatchObject({ target: 60 });
  expect(byRate.hash).not.toBe(first.hash);
});

test.each([
  ["{ journey: 'default', baseline: 0 }", /matrix: baseline is 0; it must be a number above 0 \(journey\.ts, line 4\)/],
  ["{ journey: 'default', base: 3, baseline: 1 }", /matrix: base is no field; there are journey, baseline/],
  ["{ journey: 'default', baseline: 1, by: 'user' }", /matrix: by is "user"; it must be 'users' or 'rate'/],
  ["{ journey: 'no', baseline: 1 }", /journey\.ts does not load: .*no/],
])('%s is refused in one line', async (options, message) => {
  const error = await look(write(options)).catch((one: Error) => one);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).not.toContain('\n');
});

const phase = (name: string, startMs: number, endMs: number): PhaseResult => ({
  name,
  kind: 'steady',
  startMs,
  endMs,
  fullSeconds: 1,
  activeJobs: 0,
});

const drive = async (script: string): Promise<{ seen: Recorded; totals: LoadTotals; lines: string }> => {
  const phases = [phase('warm-up', 0, 1000), phase('steady', 1000, 2500)];
  const seen = recorder();
  // A log is gone on with, and a test must not read the words of the one before.
  const logFile = path.join(mkdtempSync(path.join(folder, 'log-')), 'k6.log');
  await using receiver = await startOtlpReceiver(seen.sink);
  const ledgerFile = path.join(folder, 'console.log');
  const load = startLoad({
    script,
    k6,
    phases,
    targetUrl: shop.url,
    otlpUrl: receiver.url,
    lastExport: await lastExportOf(workspace, receiver),
    seed: 1,
    profileName: 'smoke',
    workspace,
    ledgerFile,
    summaryFile: path.join(folder, 'k6.json'),
    logFile,
    foreign: {
      forbiddenNetworks: [],
      variables: [
        { name: 'PGSURGE_ROW', value: '2x' },
        { name: 'PGSURGE_PHASES', value: JSON.stringify(phases) },
      ],
      options: [],
    },
  });
  await load.started;
  const totals = await load.done;
  return { seen, totals, lines: readFileSync(ledgerFile, 'utf8') };
};

test('each request has the phase in which it was sent, and one line says when the clock stood at 0', async () => {
  const { seen, totals, lines } = await drive(write("{ journey: 'default', baseline: 1 }"));
  const [warmUp, steady] = ['warm-up', 'steady'].map((name) => seen.total('http_reqs', { pgsurge_phase: name }));
  expect(warmUp).toBeGreaterThanOrEqual(16);
  expect(warmUp).toBeLessThanOrEqual(22);
  expect(warmUp! + steady!).toBe(totals.requests! - 1);
  expect(lines.match(/\\"e\\":\\"start\\",\\"t\\":\d+/g)?.length).toBe(1);
});

test('whatever its setup prints before', async () => {
  const file = write("{ journey: 'default', baseline: 1 }");
  const setup =
    "export const setup = () => { for (let n = 0; n < 3000; n += 1) console.log('order ' + n + ' made'); };";
  writeFileSync(file, readFileSync(file, 'utf8').replace(/export const setup = .*/, setup));
  expect((await drive(file)).totals.requests).toBeGreaterThan(10);
});

test('of a setup that throws the words and the line are told, not that no user started', async () => {
  const file = write("{ journey: 'default', baseline: 1 }");
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/setup = .*/, "setup = () => { throw new Error('no login'); };"),
  );
  await expect(drive(file)).rejects.toThrow(
    /^the script journey\.ts threw in its setup, before any load: Error: no login \(journey\.ts, line 5\)$/,
  );
});

test("an exception is told by the script's own line", async () => {
  const { totals } = await drive(
    write("{ journey: 'default', baseline: 1 }", "get('nowhere:', { throw: 1 }, 3, null);"),
  );
  expect(totals.words?.exceptions[0]?.line).toMatch(/^journey\.ts:6:/);
});
