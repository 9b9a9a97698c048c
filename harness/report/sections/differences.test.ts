import { expect, test } from 'vitest';
import { phase, scenario } from '../recordings/scenario.ts';
import { differencesSection } from './differences.ts';
import type { ScenarioResult } from '../../result.ts';

const variant = (name: string, over: Partial<ScenarioResult> = {}): ScenarioResult =>
  scenario({
    name: 'herd',
    variant: name,
    phases: [phase('start-up', 'steady', 1, 8, 0)],
    settings: { appPoolMax: 10 },
    stackSettings: { route: 'pooler', replicas: 1, poolers: 1, poolerMode: 'session', roleConnectionLimit: 50 },
    ...over,
  });

/** Each row: the setting, the part that it belongs to, and its values. */
const rowsOf = (...scenarios: ScenarioResult[]): string[][] =>
  [...differencesSection(scenarios)!.html.matchAll(/<tr>(.*?)<\/tr>/gs)]
    .slice(1)
    .map(([, row]) => [...row!.matchAll(/<(?:code|span)[^>]*>(.*?)<\//g)].map(([, text]) => text!));

test('each setting stands with the part of the system that it belongs to, in one order', () => {
  const other = variant('fixed', {
    settings: { appPoolMax: 30 },
    stackSettings: {
      route: 'direct',
      rollout: 'canary',
      replicas: 3,
      poolers: 2,
      poolerMode: 'transaction',
      'pgbouncer.pool_mode': 'transaction',
      roleConnectionLimit: 300,
    },
    load: { interactivePerSecond: 99, seed: 7 },
    phases: [phase('start-up', 'steady', 21, 28, [1, 5])],
  });
  expect(rowsOf(variant('broken'), other)).toEqual([
    ['appPoolMax', 'service', '10', '30'],
    ['pgbouncer.pool_mode', 'pooler', '–', 'transaction'],
    ['poolerMode', 'pooler', 'session', 'transaction'],
    ['roleConnectionLimit', 'roles', '50', '300'],
    ['route', 'route', 'pooler', 'direct'],
    ['rollout', 'rollout', '–', 'canary'],
    ['poolers', 'environment', '1', '2'],
    ['replicas', 'environment', '1', '3'],
    ['activeJobs', 'load', 'start-up 7 s 0', 'start-up 7 s 1–5'],
    ['interactivePerSecond', 'load', '20', '99'],
  ]);
});

test('where no setting differs, the steps may', () => {
  const said = (...scenarios: ScenarioResult[]): string => differencesSection(scenarios)!.html;
  expect(said(variant('broken'), variant('fixed'))).toContain('No setting differs between the variants.');
  const raised = { do: 'sql', title: 'SQL: ALTER ROLE app CONNECTION LIMIT 300', atMs: 3000, ok: true };
  expect(said(variant('broken'), variant('fixed', { steps: [raised] }))).toContain(
    'No setting differs between the variants; what was done to each stands below.',
  );
});
