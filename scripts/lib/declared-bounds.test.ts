import { expect, test } from 'vitest';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { boundsOf } from './declared-bounds.ts';

const declaration = {
  schema: 'pgsurge.scenario/1',
  id: 'made-up',
  group: 'incidents',
  title: 'Made up',
  purpose: 'To be marked.',
  seeds: [],
  environment: { replicas: 1, service: { appPoolMax: 10 } },
  load: {
    phases: [{ name: 'jobs', kind: 'steady', fullSeconds: 60, floorSeconds: 5, activeJobs: 4 }],
    interactivePerSecond: 5,
  },
  variants: [
    { name: 'broken', title: 'A small pool', expected: 'symptoms' },
    { name: 'fixed', title: 'A larger pool', expected: 'pass', service: { appPoolMax: 20 } },
  ],
  symptoms: [
    {
      id: 'says-so',
      title: 'The log says so',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: 'timeout', atLeast: 3 },
    },
  ],
  criteria: [{ id: 'goodput', value: 100 }],
} as unknown as ScenarioDeclaration;

test('new words begin no series anew', () => {
  const reworded = { ...declaration, title: 'Another', purpose: 'Also.', keyCharts: ['pooler'] };
  expect(boundsOf(reworded, 'broken')).toBe(boundsOf(declaration, 'broken'));
});

test.each([
  ['a bound', { criteria: [{ id: 'goodput', value: 99 }] }],
  ['a setting', { environment: { replicas: 1, service: { appPoolMax: 11 } } }],
  ['the load', { load: { ...declaration.load, interactivePerSecond: 4 } }],
  [
    'what a log must say',
    { symptoms: [{ ...declaration.symptoms![0]!, observe: { kind: 'log', component: 'service', contains: 'time' } }] },
  ],
])('%s does', (_, change) => {
  const changed = { ...declaration, ...change } as ScenarioDeclaration;
  expect(boundsOf(changed, 'broken')).not.toBe(boundsOf(declaration, 'broken'));
});

test("what only another variant has to show leaves a variant's series as it is", () => {
  const changed = { ...declaration, symptoms: [] };
  expect(boundsOf(changed, 'fixed')).toBe(boundsOf(declaration, 'fixed'));
  expect(boundsOf(changed, 'broken')).not.toBe(boundsOf(declaration, 'broken'));
});
