/**
 * What a variant declares reaches the real parts: pooler, roles, route, rollout, load, and a fault that a step heals.
 *
 * @module-tag full
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  ScenarioDeclaration,
  StepDeclaration,
  SymptomDeclaration,
  VariantDeclaration,
} from '../../scenarios/lib/declaration.ts';
import { parseDeclaration } from '../profile/declaration.ts';
import { makePlan } from '../profile/plan.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import { prepare } from '../run/prepare.ts';
import { silentProgress } from '../run/progress.ts';
import { runPrepared } from '../run/run.ts';
import { smokeRequest } from '../run/smoke-request.ts';
import { stateOfTheirOwn } from './runs.ts';

const answers = (id: string, query: string, value: number): SymptomDeclaration => ({
  id,
  title: id,
  tag: 'exact',
  observe: { kind: 'sql', query, comparator: '=', value },
});
const limitOf = (role: string, value: number): SymptomDeclaration =>
  answers(`limit-of-${role}`, `SELECT rolconnlimit FROM pg_roles WHERE rolname = '${role}'`, value);
const clients: SymptomDeclaration['observe'] = {
  kind: 'series',
  series: 'pooler.clients',
  statistic: 'max',
  comparator: '>=',
  value: 1,
};
const requests: SymptomDeclaration['observe'] = {
  kind: 'series',
  series: 'http_reqs',
  labels: { kind: 'interactive' },
  statistic: 'sum',
  comparator: '>=',
  value: 100,
};

const variants: VariantDeclaration[] = [
  {
    name: 'pooled',
    title: 'Through a pooler of its own settings',
    expected: 'symptoms',
    pooler: { mode: 'session', poolSize: 17, minPoolSize: 3, serverIdleTimeoutSeconds: 77 },
    roles: { app: { connectionLimit: 33 }, listen: { connectionLimit: 9 } },
    rollout: 'canary',
    symptoms: [
      limitOf('app', 33),
      limitOf('app_listen', 9),
      { id: 'pooled', title: 'Clients of the pooler', tag: 'exact', observe: clients },
    ],
  },
  {
    name: 'direct',
    title: 'Without a pooler, and with more load',
    expected: 'symptoms',
    route: 'direct',
    rollout: 'at-once',
    reference: { load: { interactivePerSecond: 30 } },
    symptoms: [
      limitOf('app', 50),
      limitOf('app_listen', -1),
      {
        id: 'direct',
        title: 'No client of the pooler',
        tag: 'exact',
        observe: { ...clients, comparator: '<', value: 1 },
      },
      { id: 'load', title: 'The load of the reference', tag: 'exact', observe: requests },
    ],
  },
];

const inject = (link: string, variant: string): StepDeclaration => ({
  phase: 'steady',
  atSeconds: 8,
  do: 'inject',
  fault: 'latency',
  with: { link },
  variants: [variant],
});

const changed = (declaration: ScenarioDeclaration): ScenarioDeclaration => ({
  ...declaration,
  environment: { ...declaration.environment, stack: { ...declaration.environment.stack, proxies: true } },
  load: {
    phases: [{ name: 'steady', kind: 'steady', fullSeconds: 60, floorSeconds: 12, activeJobs: 2 }],
    interactivePerSecond: 5,
  },
  steps: [
    {
      phase: 'steady',
      atSeconds: 0.5,
      do: 'roll',
      settings: { appPoolMax: 5 },
      watch: { fullSeconds: 9, floorSeconds: 1 },
    },
    inject('service-pooler', 'pooled'),
    inject('service-database', 'direct'),
    { phase: 'steady', atSeconds: 9.5, do: 'heal', fault: 'latency' },
  ],
  variants,
});

const state = stateOfTheirOwn();
let reports: string;
let run: RunResult;
let declared: ReturnType<typeof parseDeclaration>;
beforeAll(async () => {
  reports = mkdtempSync(path.join(tmpdir(), 'pgsurge-variants-'));
  const prepared = await prepare(smokeRequest({ scenarios: ['control'], argv: [], reports }), () => undefined);
  const { file, scenarioHash, declaration: control } = prepared.plan.entries[0]!;
  const declaration = changed(control);
  declared = parseDeclaration(declaration);
  const plan = makePlan([{ file: { id: control.id, group: 'chaos', file }, declaration, scenarioHash }], {
    name: 'variants',
    profile: prepared.profile,
    variant: 'all',
    repeats: 1,
    releases: false,
  });
  await runPrepared({ ...prepared, plan }, silentProgress);
  run = JSON.parse(readFileSync(path.join(reports, 'latest', 'run.json'), 'utf8')) as RunResult;
}, 180_000);
afterAll(() => {
  rmSync(reports, { recursive: true, force: true });
  state[Symbol.dispose]();
});

test('the declaration is a valid one', () => {
  expect(declared).toMatchObject({ ok: true });
});

const entryOf = (variant: string): ScenarioResult => run.scenarios.find((entry) => entry.variant === variant)!;

test.each(['pooled', 'direct'])(
  '%s shows all its symptoms: roles, route and load reached the real parts',
  (variant) => {
    const { state, message, symptoms } = entryOf(variant);
    expect({ state, message: message ?? null }).toEqual({ state: 'finished', message: null });
    expect(symptoms.filter(({ observed }) => observed !== true)).toEqual([]);
  },
);

test("the pooler runs with the variant's settings, and the other variant's with the usual ones", () => {
  expect(entryOf('pooled').stackSettings).toMatchObject({
    route: 'pooler',
    'pgbouncer.pool_mode': 'session',
    'pgbouncer.default_pool_size': '17',
    'pgbouncer.max_db_connections': '17',
    'pgbouncer.min_pool_size': '3',
    'pgbouncer.server_idle_timeout': '77',
  });
  expect(entryOf('direct').stackSettings).toMatchObject({
    route: 'direct',
    'pgbouncer.pool_mode': 'transaction',
    'pgbouncer.default_pool_size': '40',
  });
});

test('the replicas are replaced in the way of the variant', () => {
  const rollOf = (variant: string): ScenarioResult['steps'][number] =>
    entryOf(variant).steps.find((step) => step.do === 'roll')!;
  expect(rollOf('pooled')).toMatchObject({
    ok: true,
    title: 'roll of the service with appPoolMax=5, one first, then one by one',
  });
  expect(rollOf('pooled').endMs! - rollOf('pooled').atMs).toBeGreaterThan(1000);
  expect(rollOf('direct')).toMatchObject({ ok: true, title: 'roll of the service with appPoolMax=5, all at once' });
});

test.each(['pooled', 'direct'])('%s: the fault ends at its heal, mended and proved', (variant) => {
  const { faults, steps } = entryOf(variant);
  expect(faults).toMatchObject([{ id: 'latency', bite: expect.stringMatching(/bit|partial/), revertProved: true }]);
  const healed = steps.find((step) => step.do === 'heal')!;
  expect(healed).toMatchObject({ ok: true, message: expect.stringMatching(/^mended and proved/) });
  const [{ injectedAtMs, revertedAtMs }] = faults as [ScenarioResult['faults'][number]];
  expect(revertedAtMs! - injectedAtMs!).toBeLessThan(4000);
  expect(revertedAtMs).toBeGreaterThanOrEqual(healed.atMs);
});
