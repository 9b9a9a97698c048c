/**
 * Breaking the service is named: each planted defect fails its criterion, comes first, and takes nothing else with it.
 */
import { afterAll, expect, test } from 'vitest';
import type { ScenarioDeclaration, SettingValues } from '../../scenarios/lib/declaration.ts';
import { failing, plantedRun, reportsFolder, stateOfTheirOwn } from '../end-to-end/runs.ts';

const state = stateOfTheirOwn();
afterAll(() => state[Symbol.dispose]());

interface Planted {
  name: string;
  settings: SettingValues;
  /** How its environment differs from the scenario's. */
  route?: 'direct';
  /** The criterion that names the cause: first of those that fail. */
  cause: string;
  /** What the diagnosis names, where the next step is that cause's remedy and not the criterion's own. */
  diagnosed?: string;
  /** What may fail with it, as its consequence. */
  consequences: string[];
}

// Lost rows are planted in skeleton.stack.test.ts, every hundredth.
const plants: Planted[] = [
  {
    name: 'doubles an effect',
    settings: { effectTwiceEveryN: 10 },
    cause: 'corrupt-data',
    diagnosed: 'wrong-data',
    consequences: [],
  },
  {
    name: 'leaks a connection',
    settings: { leakConnectionEveryN: 10 },
    cause: 'connections-return',
    diagnosed: 'connection-leak',
    consequences: [
      'pool-utilisation',
      'connection-timeouts',
      'pool-recovers',
      'throughput',
      'goodput',
      'api-p95',
      'due-to-start',
      'transaction-errors',
    ],
  },
  { name: 'slows a query', settings: { slowQueryMs: 400 }, cause: 'query-p95', consequences: ['api-p95'] },
  {
    name: 'holds a transaction',
    settings: { holdTransactionDuringCrawl: true },
    cause: 'idle-in-transaction',
    diagnosed: 'held-transactions',
    consequences: ['pool-utilisation', 'query-p95', 'api-p95', 'due-to-start', 'throughput'],
  },
  // 2 replicas × 30 connections, all opened at the start, where the role may have 50: the last logins are refused
  // (53300).
  {
    name: 'goes round the pooler beyond the role limit',
    settings: { appPoolMax: 30, warmConnections: 30 },
    route: 'direct',
    cause: 'database-connections',
    diagnosed: 'role-limit',
    consequences: [],
  },
  {
    name: 'leaks memory',
    settings: { leakMemoryBytesPerRequest: 1_500_000 },
    cause: 'memory-headroom',
    consequences: ['cpu-headroom', 'query-p95', 'api-p95', 'due-to-start', 'throughput'],
  },
];

const throughRoute =
  (route: 'direct') =>
  (declaration: ScenarioDeclaration): ScenarioDeclaration => ({
    ...declaration,
    environment: { ...declaration.environment, route },
  });

test.each(plants)(
  'a service that $name',
  { tags: 'full' },
  async ({ settings, route, cause, diagnosed, consequences }) => {
    using reports = reportsFolder();
    const { code, run } = await plantedRun(
      'baseline',
      settings,
      reports.folder,
      route === undefined ? {} : { declaration: throughRoute(route) },
    );
    const [entry] = run.scenarios;
    expect(code).toBe(1);
    expect(failing(entry!)[0], run.sentence).toBe(cause);
    expect(
      failing(entry!)
        .slice(1)
        .filter((id) => !consequences.includes(id)),
      run.sentence,
    ).toEqual([]);
    const named = entry!.criteria.find(({ id }) => id === cause)!;
    expect(run.sentence).toContain(named.title);
    const [first] = entry!.diagnosis?.findings ?? [];
    if (diagnosed !== undefined) expect(first?.cause).toBe(diagnosed);
    expect(run.nextStep).toBe(diagnosed === undefined ? named.nextStep : `${first!.remedy!.sentence}.`);
  },
);

test(
  'a service that exceeds its CPU budget never passes: it fails, or on a busy host it is not known',
  { tags: 'full' },
  async () => {
    using reports = reportsFolder();
    const { run } = await plantedRun('baseline', { burnCpuMsPerRequest: 20 }, reports.folder);
    const headroom = run.scenarios[0]!.criteria.find(({ id }) => id === 'cpu-headroom')!;
    expect(['fail', 'inconclusive']).toContain(headroom.verdict);
    if (headroom.verdict === 'inconclusive') expect(headroom.reason).toMatch(/idle|waited/);
  },
);
