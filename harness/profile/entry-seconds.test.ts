import { expect, test } from 'vitest';
import type { ScenarioDeclaration, StepDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import { entrySeconds } from './entry-seconds.ts';
import { profiles, type Profile } from './profiles.ts';

const phases = [{ name: 'restarts', kind: 'rest', startMs: 0, endMs: 8000, fullSeconds: 60, activeJobs: 0 }] as const;
const seconds = (
  steps: StepDeclaration[],
  over: {
    environment?: ScenarioDeclaration['environment'];
    replicas?: number;
    name?: string;
    rollout?: VariantDeclaration['rollout'];
    profile?: Profile;
  } = {},
): number => {
  const variant = {
    name: over.name ?? 'broken',
    title: '',
    rollout: over.rollout ?? null,
    expected: 'pass' as const,
    ...(over.replicas === undefined ? {} : { reference: { replicas: over.replicas } }),
  };
  const declaration = { environment: over.environment ?? { replicas: 1 }, steps } as ScenarioDeclaration;
  return entrySeconds({ declaration, variant, phases }, over.profile ?? profiles.smoke);
};
const step = (over: Partial<StepDeclaration>): StepDeclaration => ({
  phase: 'restarts',
  atSeconds: 0.2,
  do: 'restart',
  ...over,
});

/**
 * Those of duplicate-schedules. Saved runs of it took 23 to 26 s, on a busy host 35 s; three replicas 20 and 26 s;
 * upgrade 9 and 13 s.
 */
const restarts = [
  step({ times: 2, holdSeconds: 3, variants: ['broken'] }),
  step({ atSeconds: 0.3, times: 19, holdSeconds: 3, variants: ['broken'] }),
  step({ times: 7, holdSeconds: 3, variants: ['replicas'] }),
];

test('steps that outlast the load count, with their waits', () => {
  expect(seconds([])).toBe(13);
  expect(seconds(restarts)).toBeCloseTo(0.2 + 21 * 0.7 + 6 + 5, 5);
  expect(seconds(restarts, { name: 'replicas', replicas: 3 })).toBeCloseTo(0.2 + 7 * 3 * 0.7 + 3 + 5, 5);
  expect(seconds(restarts, { name: 'other' }), 'steps of other variants').toBe(13);
  expect(seconds([step({ times: 2 })]), 'within the load').toBe(13);
});

test('a fault holds while what comes after it goes on; a slow link slows start and checks', () => {
  expect(seconds([step({ do: 'inject', atSeconds: 4, holdSeconds: 6 }), step({ do: 'sql', atSeconds: 5 })])).toBe(15);
  expect(seconds([], { environment: { stack: { databaseLinkLatencyMs: 500 } } })).toBe(19);
});

test('a canary is watched as long as the profile says', () => {
  const roll = [step({ do: 'roll', watch: { fullSeconds: 86_400, floorSeconds: 30 } })];
  expect(seconds(roll, { rollout: 'one-by-one' })).toBe(13);
  expect(seconds(roll, { rollout: 'canary' })).toBeCloseTo(0.2 + 0.7 + 86_400 / 900 + 5, 5);
  expect(seconds(roll, { rollout: 'canary', profile: profiles.nightly })).toBeCloseTo(0.2 + 0.7 + 4320 + 5, 5);
});
