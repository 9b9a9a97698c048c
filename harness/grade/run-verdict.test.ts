import { describe, expect, test } from 'vitest';
import type { CriterionResult, Diagnosis, RunResult, ScenarioResult, SymptomResult, Verdict } from '../result.ts';
import { entry, grade, timedOut } from './fixtures/graded.ts';
import { healthyRecorder } from './fixtures/healthy-run.ts';
import { flat } from './fixtures/shapes.ts';
import { gradeRun, judgeRun } from './run-verdict.ts';
import { worstOf } from './verdict.ts';

const shownSymptom: SymptomResult = {
  id: 'waits',
  title: 'Some wait',
  kind: 'series',
  tag: 'exact',
  observed: true,
  evidence: [],
};

describe('a run', () => {
  const healthy = (): ScenarioResult => entry(grade());
  test('all as expected', () => {
    expect(gradeRun([healthy(), healthy()])).toMatchObject({
      verdict: 'pass',
      sentence: expect.stringContaining('Both entries'),
    });
  });

  test('the sentence names the root of the causes, its value, count, bound, and the next step', () => {
    const recorder = timedOut();
    // Held transactions, then a full pool, then timeouts, then slow requests: the first is the cause.
    recorder.gauge('postgres.idle_in_transaction.age.max', {}, flat(3));
    for (const one of ['1', '2'])
      recorder.gauge(
        'db.client.connection.count',
        { 'service.instance': one, 'db.client.connection.pool.name': 'main', state: 'used' },
        (second) => (second > 150 ? 0 : 18),
      );
    const judged = gradeRun([healthy(), entry(grade({ recorder }), { title: 'Five times the load' })]);
    expect(judged.verdict).toBe('fail');
    expect(judged.sentence).toBe(
      'Five times the load: Transactions are held open over other work: 3,000 ms; the bound is at most 100 ms.',
    );
    expect(judged.nextStep).toContain('between BEGIN and COMMIT');
  });

  const failing = (changed: Partial<CriterionResult>): string => {
    const first = { ...healthy().criteria.find(({ id }) => id === 'goodput')!, verdict: 'fail' as const, ...changed };
    return gradeRun([{ ...healthy(), verdict: 'fail', asExpected: false, criteria: [first] }]).sentence;
  };

  test('a figure says what it is of, and how many samples it stands on is left to its row', () => {
    expect(failing({ title: 'Requests fail', value: 0, count: 374, numerator: 0 })).toContain(
      'Requests fail: 0 % (0 of 374) of the requests succeeded',
    );
    const late = { id: 'due-to-start', unit: 'ms', numerator: null, figureWords: 'at p95', count: 86 };
    const bounds = [{ severity: 'fail' as const, comparator: '<=' as const, value: 1000 }];
    expect(failing({ ...late, title: 'Tasks start late', value: 3000, bounds, when: 'in the worst 10 s' })).toBe(
      'Tasks start late: 3,000 ms at p95, in the worst 10 s; the bound is at most 1,000 ms.',
    );
    const left = { unit: '%', numerator: null, figureWords: 'of the budget', count: 360, value: 0.0885009765625 };
    expect(failing({ ...left, title: 'Too little memory is left' })).toContain('left: 0.089 % of the budget;');
  });

  test('where a second condition failed, the sentence says it instead of a value that keeps its bound', () => {
    const late = healthyRecorder().histogram(
      'pgsurge.transaction.duration',
      { 'service.instance': '1', outcome: 'ok', name: 'claim' },
      (second) => (second > 60 ? [2] : [0.005]),
    );
    expect(
      gradeRun([entry(grade({ recorder: late, judge: { profile: { name: 'full', timeScale: 1 } } }))]).sentence,
    ).toContain('it never recovered');
  });

  test('a fail is explained before an inconclusive, however near to the root that is', () => {
    const open = entry(grade({ recorder: healthyRecorder().remove('postgres.idle_in_transaction.age.max') }));
    const failed = entry(grade({ recorder: timedOut() }));
    expect(gradeRun([open, failed])).toMatchObject({
      verdict: 'fail',
      sentence: expect.stringContaining('times out: 0.167 % (30 of 18,000)'),
    });
    expect(gradeRun([open, healthy()])).toMatchObject({
      verdict: 'inconclusive',
      sentence: expect.stringContaining('Not known'),
    });
  });

  test('what was measured and decides nothing says so in its own words, and what to do about that', () => {
    const open = {
      ...healthy().criteria.find(({ id }) => id === 'target-alive')!,
      value: 4.5,
      verdict: 'inconclusive' as const,
      reason: `nobody was answered from 14.0 to 18.5 s; ${'x'.repeat(200)}`,
      nextStep: 'Send the same load as arrivals.',
    };
    const judged = gradeRun([{ ...healthy(), verdict: 'inconclusive', criteria: [open] }]);
    expect(judged.sentence).toMatch(/^Not known: Longest time.*: nobody was answered from 14.0 to 18.5 s/);
    expect(judged.nextStep).toBe('Send the same load as arrivals.');
    const unseen = gradeRun([{ ...healthy(), verdict: 'inconclusive', criteria: [{ ...open, value: null }] }]);
    expect(unseen.nextStep).toMatch(/^See that every source speaks/);
    // A fault that did not bite was looked at, and more sources would show no more of it.
    const idle = { ...open, id: 'faults-bit', value: null, nextStep: 'See why it did not bite.' };
    const blunt = gradeRun([{ ...healthy(), verdict: 'inconclusive', criteria: [idle] }]);
    expect(blunt.nextStep).toBe('See why it did not bite.');
  });

  test('a long reason is cut between two statements', () => {
    const failed = {
      ...healthy().criteria.find(({ id }) => id === 'script-end' || id === 'target-alive')!,
      value: null,
      verdict: 'fail' as const,
      reason: `${'the first statement '.repeat(8)}; its own summary could not be made: ${'y'.repeat(90)}`,
    };
    const { sentence } = gradeRun([{ ...healthy(), verdict: 'fail', criteria: [failed] }]);
    expect(sentence).toMatch(/the first statement \.$/);
  });

  test('of one scenario its variants are named, one that fails on purpose as that, and the run by its own name', () => {
    const finding = { cause: 'app-pool', sentence: 'Requests wait for the app pool', number: '18 wait' };
    const diagnosis = { findings: [finding] } as unknown as Diagnosis;
    const symptoms = [{ ...shownSymptom, title: 'Eighteen wait', value: 18 }];
    const meant = { variant: 'broken', expected: 'symptoms' as const, asExpected: true, diagnosis, symptoms };
    const scenarios = [
      { ...healthy(), ...meant },
      { ...healthy(), variant: 'fixed' },
    ];
    const run = { id: '2026-11-29T073054Z-pool', state: 'finished', scenarios } as unknown as RunResult;
    expect(judgeRun(run)).toMatchObject({
      sentence:
        'The variant "broken" fails, as it is meant to: Requests wait for the app pool. 18 wait. ' +
        'It shows its symptom: Eighteen wait (measured: 18). ' +
        'Both variants came out as expected: 1 is broken on purpose and shows it, 1 meets its criteria.',
      nextStep:
        'Nothing to mend: what fails here fails on purpose. ' +
        'To keep the run as a baseline: pgsurge keep 2026-11-29T073054Z-pool pool',
    });
  });

  test('of more than two variants those that fail on purpose and those that pass are named, up to four of each', () => {
    const variants = (passing: number): string => {
      const scenarios = [
        { ...healthy(), variant: 'broken', expected: 'symptoms' as const, asExpected: true },
        ...Array.from({ length: passing }, (_, index) => ({ ...healthy(), variant: `fix-${index}` })),
      ];
      return gradeRun(scenarios).sentence;
    };
    expect(variants(2)).toContain(
      '1 (broken) is broken on purpose and shows it, 2 (fix-0 and fix-1) meet their criteria',
    );
    expect(variants(5)).toContain('1 (broken) is broken on purpose and shows it, 5 meet their criteria');
  });

  test('what a variant that passes shows as well is not why another fails: then its symptoms are told', () => {
    const finding = { cause: 'lock-queue', sentence: 'Sessions wait for a lock', number: '80 s waited' };
    const diagnosis = { findings: [finding] } as unknown as Diagnosis;
    const symptoms = ['Nothing fails', 'Fifty queries', 'A warning', 'A third'].map((title, index) => ({
      ...shownSymptom,
      title,
      value: index,
    }));
    const reason =
      'shows its 4 symptoms: Nothing fails; and others. Warning, beside what is expected of it: lost data (3)';
    const shows = { expected: 'symptoms' as const, asExpected: true, symptoms, reason };
    const told = (broken: Diagnosis | null, fixed: Diagnosis | null): string => {
      const scenarios = [
        { ...healthy(), ...shows, variant: 'broken', diagnosis: broken },
        { ...healthy(), variant: 'fixed', diagnosis: fixed },
      ];
      return judgeRun({ id: 'now', state: 'finished', scenarios } as unknown as RunResult).sentence;
    };
    const shown =
      'The variant "broken" fails, as it is meant to: It shows its 4 symptoms: Fifty queries (measured: 1); ' +
      'A warning (measured: 2); A third (measured: 3); and 1 more. ';
    expect(told(diagnosis, diagnosis).startsWith(shown)).toBe(true);
    expect(told(null, diagnosis).startsWith(shown)).toBe(true);
    expect(told(null, diagnosis)).toContain('and 1 more. Warning, beside what is expected of it: lost data (3). Both');
    expect(told(diagnosis, null)).toMatch(/^The variant "broken" fails, as it is meant to: Sessions wait for a lock\./);
  });

  test('interrupted or not run is never a pass', () => {
    for (const state of ['pending', 'running', 'interrupted'] as const)
      expect(gradeRun([healthy(), entry(grade(), { state })]).verdict).toBe('inconclusive');
    expect(gradeRun([]).verdict).toBe('inconclusive');
  });

  test('worst first', () => {
    const of = (...verdicts: Verdict[]): Verdict => worstOf(verdicts.map((verdict) => ({ verdict })));
    expect([
      of('pass', 'warn'),
      of('warn', 'inconclusive'),
      of('inconclusive', 'fail', 'pass'),
      of('pass', 'notApplicable'),
      of('notApplicable'),
      of(),
    ]).toEqual(['warn', 'inconclusive', 'fail', 'pass', 'inconclusive', 'inconclusive']);
  });
});
