import { expect, test } from 'vitest';
import { judge } from '../fixtures/judge.ts';

test('a step that failed was another run than the declared one', () => {
  const step = { do: 'restart', title: 'restart', atMs: 1, ok: true };
  expect(judge('steps-done', undefined, { steps: [step] }).verdict).toBe('pass');
  expect(judge('steps-done', undefined, { steps: [step, { ...step, ok: false, message: 'no' }] }).verdict).toBe(
    'inconclusive',
  );
  expect(judge('steps-done', undefined, { steps: [{ ...step, do: 'start' }] }).verdict).toBe('notApplicable');
});
