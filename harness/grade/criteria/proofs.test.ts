import { expect, test } from 'vitest';
import type { CriterionResult, SymptomResult } from '../../result.ts';
import { judge } from '../fixtures/judge.ts';

const proof = (observed: boolean | null, changed: Partial<SymptomResult> = {}): SymptomResult => ({
  id: 'one-query',
  title: 'One query a miss',
  tag: 'exact',
  kind: 'sql',
  observed,
  value: observed === null ? null : 3,
  expected: 'answer <= 5',
  evidence: [],
  ...changed,
});
const judged = (...proofs: SymptomResult[]): CriterionResult =>
  judge('proofs', undefined, { proofs }, { id: 'proofs' });

test('all that is declared was shown', () => {
  expect(judged(proof(true), proof(true))).toMatchObject({ verdict: 'pass', value: 0, count: 2 });
});

test('one that was not shown fails, and is named with its figure', () => {
  const result = judged(proof(true), proof(false, { title: 'Half the queries', value: 40 }));
  expect(result).toMatchObject({ verdict: 'fail', value: 1 });
  expect(result.reason).toContain('Half the queries (40; answer <= 5)');
});

test('what could not be asked is unknown, and never hides what was not shown', () => {
  expect(judged(proof(true), proof(null)).verdict).toBe('inconclusive');
  expect(judged(proof(false), proof(null)).verdict).toBe('fail');
});

test('claims of the seed never gate, and without anything to show it does not apply', () => {
  expect(judged(proof(true), proof(false, { tag: 'claim' })).verdict).toBe('pass');
  expect(judged().verdict).toBe('notApplicable');
});
