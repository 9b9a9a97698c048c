import { describe, expect, test } from 'vitest';
import type { CriterionResult } from '../result.ts';
import { letterOf } from './letter.ts';
import { worstOf } from './verdict.ts';

describe('the letter', () => {
  const one = (changed: Partial<CriterionResult>): CriterionResult => ({
    id: 'api-p95',
    title: 't',
    source: 's',
    measuredBy: 'm',
    unit: 'ms',
    bounds: [{ severity: 'fail', comparator: '<', value: 200 }],
    value: 100,
    count: 1,
    verdict: 'pass',
    reason: '',
    ...changed,
  });
  test.each([
    ['A', [one({})]],
    ['B', [one({ value: 190 })]],
    ['C', [one({ verdict: 'warn' })]],
    ['D', [one({ verdict: 'fail' }), one({})]],
    ['F', [one({ verdict: 'fail' }), one({ verdict: 'fail' }), one({ verdict: 'fail' })]],
    ['F', [one({ id: 'lost-data', verdict: 'fail' })]],
    [null, [one({}), one({ verdict: 'inconclusive' })]],
    ['D', [one({ verdict: 'fail' }), one({ verdict: 'inconclusive' })]],
    ['A', [one({ unit: '%', bounds: [{ severity: 'fail', comparator: '>=', value: 99 }], value: 100 })]],
    ['A', [one({ bounds: [{ severity: 'fail', comparator: '<=', value: 0 }], value: 0 })]],
  ])('%s', (letter, results) => {
    expect(letterOf(results, worstOf(results), new Set(['lost-data']))).toBe(letter);
  });
});
