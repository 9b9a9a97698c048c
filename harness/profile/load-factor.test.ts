import { expect, test } from 'vitest';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { atLoad } from './load-factor.ts';

const baseline = {
  id: 'baseline',
  title: 'Baseline load',
  purpose: '',
  load: {
    interactivePerSecond: 20,
    phases: [
      { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 5 },
      { name: 'steady', kind: 'steady', fullSeconds: 3600, floorSeconds: 14, activeJobs: [5, 10] },
    ],
  },
} as unknown as ScenarioDeclaration;

test('1 × is the most that the baseline keeps active; the rate of requests is that of every row', () => {
  const { id, load } = atLoad(baseline, 2.3);
  expect(id).toBe('load-2.3');
  expect(load.phases.map(({ activeJobs }) => activeJobs)).toEqual([23, 23]);
  expect(load.interactivePerSecond).toBe(20);
  expect(atLoad(baseline, 2).load.phases[1]!.activeJobs).toBe(20);
  expect(atLoad(baseline, 0.01).load.phases[1]!.activeJobs, 'never none').toBe(1);
});
