import { expect, test } from 'vitest';
import { listScenarioFiles, selectScenarios, withControl } from './plan.ts';

const available = listScenarioFiles();
const planned = (...names: string[]): string[] =>
  withControl(selectScenarios(names, available), available).map(({ id }) => id);

test('whatever is broken on purpose is planned beside the control, once, after what was asked for', () => {
  expect(planned('pooler-crash')).toEqual(['pooler-crash', 'control']);
  expect(planned('baseline', 'replica-kill', 'pooler-crash')).toEqual([
    'baseline',
    'replica-kill',
    'pooler-crash',
    'control',
  ]);
  expect(planned('chaos')).toEqual(available.filter(({ group }) => group === 'chaos').map(({ id }) => id));
  expect(planned('pooler-crash', 'control')).toEqual(['pooler-crash', 'control']);
  expect(planned('control')).toEqual(['control']);
  expect(planned('matrix', 'incidents')).not.toContain('control');
});
