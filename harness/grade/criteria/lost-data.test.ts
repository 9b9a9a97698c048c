import { expect, test } from 'vitest';
import { phases } from '../fixtures/healthy-run.ts';
import { checkOf, judge, loadTotals, okChecks } from '../fixtures/judge.ts';

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

test('a load that offers jobs and sent none proves nothing, whatever its notes show; a violation is one all the same', () => {
  const sent = (createJob: number) => ({ ...loadTotals, writes: { createJob, putNote: 300 } });
  const evidence = { loadTotals: sent(0) };
  expect(judge('lost-data', undefined, { loadTotals: sent(40) }).verdict).toBe('pass');
  expect(judge('lost-data', undefined, evidence)).toMatchObject({
    verdict: 'inconclusive',
    reason: 'the load offers jobs, and k6 sent none: nothing is known of them',
  });
  const without = { ...evidence, phases: phases.map((one) => ({ ...one, activeJobs: 0 })) };
  expect(judge('lost-data', undefined, without).verdict).toBe('pass');
  const lost = [checkOf('acknowledged-writes', 'I1', { status: 'violated', violations: 1 })];
  expect(judge('lost-data', undefined, { ...evidence, checks: lost }).verdict).toBe('fail');
});
