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
 * Those of duplicate-schedules. A saved run of it on a host with nothing beside took 17 s, three replicas 12 s, upgrade
 * 10 s, of which half a second was a drain that is left out now; on a busy host 35, 26 and 13 s.
 */
const restarts = [
  step({ times: 2, holdSeconds: 3, variants: ['broken'] }),
  step({ atSeconds: 0.3, times: 19, holdSeconds: 3, variants: ['broken'] }),
  step({ times: 7, holdSeconds: 3, variants: ['replicas'] }),
];

/** What surrounds load and steps: 4 s, and the start of each replica. */
const around = (replicas: number): number => 4 + replicas * 0.25;

test('what surrounds the load counts, with the start of each replica', () => {
  expect(seconds([])).toBe(8 + around(1));
  expect(seconds([], { replicas: 10 })).toBe(8 + around(10));
});

test('steps that outlast the load count, with their waits', () => {
  expect(seconds(restarts)).toBeCloseTo(0.2 + 21 * 0.5 + 6 + around(1), 5);
  expect(seconds(restarts, { name: 'replicas', replicas: 3 })).toBeCloseTo(0.2 + 7 * 3 * 0.5 + 3 + around(3), 5);
  expect(seconds(restarts, { name: 'other' }), 'steps of other variants').toBe(8 + around(1));
  expect(seconds([step({ times: 2 })]), 'within the load').toBe(8 + around(1));
});

test('a fault holds while what comes after it goes on; a slow link slows start and checks', () => {
  expect(seconds([step({ do: 'inject', atSeconds: 4, holdSeconds: 6 }), step({ do: 'sql', atSeconds: 5 })])).toBe(
    10 + around(1),
  );
  const slow = { replicas: 1, stack: { databaseLinkLatencyMs: 500 } };
  expect(seconds([], { environment: slow })).toBe(8 + around(1) + 6);
});

test('a canary is watched as long as the profile says', () => {
  const roll = [step({ do: 'roll', watch: { fullSeconds: 86_400, floorSeconds: 30 } })];
  expect(seconds(roll, { rollout: 'one-by-one' })).toBe(8 + around(1));
  expect(seconds(roll, { rollout: 'canary' })).toBeCloseTo(0.2 + 0.5 + 86_400 / 900 + around(1), 5);
  const nightly = seconds(roll, { rollout: 'canary', profile: profiles.nightly });
  expect(nightly).toBeCloseTo(0.2 + 0.5 + 4320 + around(1), 5);
});
