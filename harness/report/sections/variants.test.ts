import { expect, test } from 'vitest';
import { phase, scenario } from '../recordings/scenario.ts';
import { variantsSection } from './variants.ts';
import type { ScenarioResult } from '../../result.ts';

const variant = (name: string, over: Partial<ScenarioResult> = {}): ScenarioResult =>
  scenario({
    name: 'herd',
    variant: name,
    phases: [phase('start-up', 'steady', 1, 8, 0)],
    stackSettings: { route: 'direct', replicas: 1 },
    ...over,
  });
const captionOf = (...scenarios: ScenarioResult[]): string =>
  /<caption>(.*?)<\/caption>/.exec(variantsSection(scenarios)!.html)![1]!;

test('the variants are said to share what they share, no more', () => {
  expect(captionOf(variant('broken'), variant('fixed'))).toContain(
    'Same load and seed; same stack, route and replicas;',
  );
  expect(
    captionOf(variant('broken'), variant('later', { phases: [phase('start-up', 'steady', 21, 28, 0)] })),
  ).toContain('Same load and seed;');
  expect(
    captionOf(variant('broken'), variant('pooler', { stackSettings: { route: 'pooler', replicas: 3 } })),
  ).toContain('same stack but for replicas, route;');
  expect(captionOf(variant('broken'), variant('mvp', { load: { interactivePerSecond: 99, seed: 7 } }))).toContain(
    'Not the same load in all;',
  );
});
