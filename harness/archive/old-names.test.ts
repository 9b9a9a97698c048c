import { expect, test } from 'vitest';
import type { RunResult, ScenarioResult } from '../result.ts';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { openRunFolder } from './run-folder.ts';
import { readDeclaration } from './entry-files.ts';
import { todaysDeclaration, todaysSource, withTodaysCharts, withTodaysTracks } from './old-names.ts';
import { loadSavedObservations } from './saved-observations.ts';
import { madeRollUp } from '../compare/recordings/runs.ts';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('recordings/before-the-rename', import.meta.url));

test("a declaration that calls the service its target is read by today's words", () => {
  const read = readDeclaration(openRunFolder(folder), 'thundering-herd')!;
  expect(read.environment.service).toMatchObject({ appPoolMax: 30, workerStart: 'together' });
  expect(read.environment.stack).toMatchObject({ maxConnections: 130 });
  expect(read.variants.find(({ name }) => name === 'outgrown')!.reference!.service).toEqual({
    jobWorkers: 25,
    listenConnections: 'per-listener',
    outboxListeners: 33,
  });
  expect(JSON.stringify(read)).not.toContain('"target"');
});

test("what a variant sets of the service, and the role's limit, are read in their places of today", () => {
  const read = readDeclaration(openRunFolder(folder), 'thundering-herd')!;
  expect(read.variants.find(({ name }) => name === 'broken')!.service).toMatchObject({ connectionTimeoutMillis: 2000 });
  expect(JSON.stringify(read.variants)).not.toContain('"settings"');
  expect(read.environment.roles).toEqual({ app: { connectionLimit: 110 } });
  expect(read.environment.stack).toEqual({ databaseLinkLatencyMs: 550, maxConnections: 130 });
});

test("the pooler's settings among the stack's are the pooler's", () => {
  const old = readDeclaration(openRunFolder(folder), 'thundering-herd')!;
  const stack = { proxies: true, poolerServerLoginRetrySeconds: 1, poolerPoolSize: null };
  const read = todaysDeclaration({ ...old, environment: { stack } as ScenarioDeclaration['environment'] });
  expect(read.environment).toEqual({ stack: { proxies: true }, pooler: { serverLoginRetrySeconds: 1 } });
  expect(todaysDeclaration(read)).toEqual(read);
});

test('series that symptoms and claims look at too', () => {
  const observe = {
    kind: 'series' as const,
    series: 'pgbouncer.clients',
    minus: { series: 'pgbouncer.servers' },
    statistic: 'max' as const,
    comparator: '>' as const,
    value: 0,
  };
  const symptom = { id: 'waits', title: 'Waits', tag: 'exact' as const, observe };
  const old = readDeclaration(openRunFolder(folder), 'thundering-herd')!;
  const [first, ...others] = old.variants;
  const read = todaysDeclaration({
    ...old,
    symptoms: [symptom],
    variants: [{ ...first!, symptoms: [symptom] }, ...others],
    claims: [{ text: 'they wait', seed: '004', measure: observe }],
  } satisfies ScenarioDeclaration);
  const renamed = { series: 'pooler.clients', minus: { series: 'pooler.servers' } };
  expect(read.symptoms![0]!.observe).toMatchObject(renamed);
  expect(read.variants[0]!.symptoms![0]!.observe).toMatchObject(renamed);
  expect(read.claims![0]!.measure).toMatchObject(renamed);
});

test("a recording of before the rename holds the pooler's series and sources", async () => {
  const { series, sources } = (await loadSavedObservations(folder, 'thundering-herd.pooler-broken.1'))!;
  const names = [...new Set(series.map(({ name }) => name))];
  expect(names.filter((name) => name.startsWith('pooler.'))).toEqual(
    expect.arrayContaining(['pooler.clients', 'pooler.servers', 'pooler.transactions', 'pooler.wait_seconds']),
  );
  expect(names.filter((name) => name.startsWith('pgbouncer.'))).toEqual([]);
  expect(sources.map(({ source }) => source)).toEqual(
    expect.arrayContaining(['pooler-log (pooler)', 'pooler-pools', 'pooler-stats']),
  );
});

test('a source of an old run is known by the name it has today', () => {
  expect(['pgbouncer-log', 'pgbouncer-pools of pooler 1', 'pgbouncer-stats', 'k6'].map(todaysSource)).toEqual([
    'pooler-log',
    'pooler-pools of pooler 1',
    'pooler-stats',
    'k6',
  ]);
});

test("so are the tracks of a kept run's roll-up", () => {
  const kept = madeRollUp(100, 1);
  const [track] = kept.tracks;
  const read = withTodaysTracks({ ...kept, tracks: [{ ...track!, id: 'pgbouncer.maxwait' }, track!] });
  expect(read.tracks.map(({ id }) => id)).toEqual(['pooler.maxwait', track!.id]);
});

test('a criterion links to the chart that draws it today', () => {
  const linked = (id: string, chart: string | null): string | null => {
    const run = { scenarios: [{ criteria: [{ id, chart }] }] } as unknown as RunResult;
    return withTodaysCharts(run).scenarios[0]!.criteria[0]!.chart ?? null;
  };
  expect(linked('burst-recovery', 'transactions')).toBe('latency');
  expect(linked('query-p95', 'latency')).toBe('time');
  expect(linked('api-p95', 'latency')).toBe('latency');
  expect(linked('lost-data', null)).toBeNull();
});

test('an incident has the picture that explains it, also where its scenario named none yet', () => {
  const keyChartsOf = (entry: Partial<ScenarioResult>): ScenarioResult['keyCharts'] =>
    withTodaysCharts({ scenarios: [{ criteria: [], ...entry }] } as unknown as RunResult).scenarios[0]!.keyCharts;
  expect(keyChartsOf({ name: 'duplicate-schedules' })).toEqual(['dispatched']);
  expect(keyChartsOf({ name: 'duplicate-schedules', keyCharts: ['jobs'] })).toEqual(['jobs']);
  expect(keyChartsOf({ name: 'thundering-herd' })).toBeUndefined();
});
