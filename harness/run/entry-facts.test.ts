import { expect, test } from 'vitest';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { makePlan } from '../profile/plan.ts';
import { profiles } from '../profile/profiles.ts';
import { emptyFacts } from './entry-facts.ts';

const declaration = {
  id: 'baseline',
  title: 'Baseline',
  group: 'matrix',
  purpose: '',
  seeds: [],
  environment: {},
  load: { phases: [], interactivePerSecond: 5 },
  variants: [{ name: 'healthy', title: 'Healthy', expected: 'pass' }],
  criteria: [],
} as unknown as ScenarioDeclaration;

const planOf = (repeats: number, releases: boolean): ReturnType<typeof makePlan> =>
  makePlan([{ file: { id: 'baseline', group: 'matrix', file: 'baseline.ts' }, declaration, scenarioHash: 'h' }], {
    name: 'baseline',
    profile: profiles.smoke,
    variant: 'all',
    repeats,
    releases,
  });

test('each repeat is planned with the seed that its load will have, the same for both releases', () => {
  const seeds = planOf(3, true).entries.map((planned) => [planned.entry, emptyFacts(planned, 5).load.seed]);
  expect(Object.fromEntries(seeds)).toEqual({
    'baseline.healthy.base.1': 5,
    'baseline.healthy.head.1': 5,
    'baseline.healthy.head.2': 6,
    'baseline.healthy.base.2': 6,
    'baseline.healthy.base.3': 7,
    'baseline.healthy.head.3': 7,
  });
});
