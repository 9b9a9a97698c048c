import { expect, test } from 'vitest';
import { judge } from '../fixtures/judge.ts';

const fault = {
  id: 'x',
  title: 'X',
  target: 't',
  injectedAtMs: 1,
  revertedAtMs: 2,
  bite: 'bit' as const,
  revertProved: true,
};

test('only a fault that bit and was mended counts', () => {
  expect(judge('faults-bit', undefined, { faults: [fault] }).verdict).toBe('pass');
  for (const bite of ['did-not-bite', 'partial', 'unknown'] as const)
    expect(judge('faults-bit', undefined, { faults: [fault, { ...fault, bite }] }).verdict).toBe('inconclusive');
  expect(judge('faults-bit', undefined, { faults: [{ ...fault, revertProved: false }] }).verdict).toBe('fail');
});
