import { expect, test } from 'vitest';
import { checkOf, judge, okChecks } from '../fixtures/judge.ts';

test('one violation fails it, and one of another invariant does not', () => {
  const lost = [
    checkOf('acknowledged-writes', 'I1', { status: 'violated', violations: 1, examples: ['notes: note-7 is missing'] }),
    okChecks[2]!,
  ];
  expect(judge('lost-data', undefined, { checks: lost })).toMatchObject({
    verdict: 'fail',
    value: 1,
    evidence: [{ text: 'notes: note-7 is missing' }],
  });
  const doubled = [okChecks[0]!, checkOf('task-effects', 'I4', { status: 'violated', violations: 3 })];
  expect(judge('lost-data', undefined, { checks: doubled }).verdict).toBe('pass');
});

test('where its checker broke or none ran, nothing is known', () => {
  const broken = checkOf('acknowledged-writes', 'I1', { status: 'inconclusive', reason: 'the checker broke: gone' });
  expect(judge('lost-data', undefined, { checks: [broken] })).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('gone'),
  });
  expect(judge('lost-data', undefined, { checks: [] }).verdict).toBe('inconclusive');
});
