import { describe, expect, test } from 'vitest';
import type { Recorder } from './fixtures/recorder.ts';
import { healthyRecorder } from './fixtures/healthy-run.ts';
import { spike } from './fixtures/shapes.ts';
import { criteria, loadTotals, okChecks } from './fixtures/judge.ts';
import type { SymptomDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { LedgerOperation } from '../load/ledger.ts';
import type { CheckResult, ScenarioResult } from '../result.ts';
import { gradeRun } from './run-verdict.ts';
import { declarationOf, entry, grade, timedOut, variantOf } from './fixtures/graded.ts';

const symptom = (
  observe: SymptomDeclaration['observe'],
  tag: SymptomDeclaration['tag'] = 'shape',
): SymptomDeclaration => ({ id: 'shown', title: 'It shows', tag, observe });

describe('an entry', () => {
  test('a healthy one passes with the best letter, and its health is told', () => {
    const graded = grade();
    expect(graded).toMatchObject({ verdict: 'pass', asExpected: true, reason: 'all criteria met', grade: 'A' });
    expect(graded.criteria.map(({ id }) => id)).toEqual(criteria.map(({ id }) => id));
    expect(graded.health.every(({ ok }) => ok)).toBe(true);
  });

  test('a failing criterion fails it, an unknown one leaves it open, and failing beats unknown', () => {
    expect(grade({ recorder: timedOut() })).toMatchObject({ verdict: 'fail', asExpected: false, grade: 'D' });
    expect(grade({ recorder: healthyRecorder().remove('db.client.operation.duration') })).toMatchObject({
      verdict: 'inconclusive',
      asExpected: null,
      grade: null,
    });
    expect(grade({ recorder: timedOut().remove('db.client.operation.duration') }).verdict).toBe('fail');
  });

  test('outside the matrix only declared criteria and those that always hold are judged', () => {
    const incident = declarationOf({ group: 'incidents', criteria: [{ id: 'api-p95' }] });
    expect(grade({ declaration: incident, recorder: timedOut() }).verdict).toBe('pass');
    expect(grade({ declaration: incident }).criteria.map(({ id }) => id)).toEqual(
      criteria.filter(({ id, always }) => always === true || id === 'api-p95').map(({ id }) => id),
    );
  });

  test("the variant's word on a criterion beats the scenario's", () => {
    const declaration = declarationOf({ criteria: [{ id: 'connection-timeouts', value: 0 }] });
    expect(
      grade({
        declaration,
        variant: variantOf({ criteria: [{ id: 'connection-timeouts', notApplicable: 'shown, not judged' }] }),
        recorder: timedOut(),
      }).verdict,
    ).toBe('pass');
  });

  test('a criterion that nobody knows is inconclusive, not ignored', () => {
    expect(grade({ declaration: declarationOf({ criteria: [{ id: 'api-p59' }] }) })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('api-p59'),
    });
  });
});

describe('a variant that must show its symptoms', () => {
  const broken = (...symptoms: SymptomDeclaration[]): VariantDeclaration =>
    variantOf({ name: 'broken', expected: 'symptoms', symptoms });
  const timeouts = symptom({
    kind: 'series',
    series: 'db.client.connection.timeouts',
    statistic: 'sum',
    comparator: '>=',
    value: 1,
  });
  const inLog = symptom({
    kind: 'log',
    component: 'service',
    contains: 'timeout exceeded when trying to connect',
    withinSeconds: 20,
  });
  const counted = symptom({ kind: 'sql', query: 'SELECT count(*) FROM cron_schedules', comparator: '=', value: 3 });

  test('shows them: as expected, and its failing criteria are no failure of the run', () => {
    const graded = grade({
      variant: broken(timeouts, inLog, counted),
      recorder: timedOut().log('service', 'Error: timeout exceeded when trying to connect'),
      sqlAnswers: { shown: 3 },
    });
    expect(graded).toMatchObject({ asExpected: true, verdict: 'fail', expected: 'symptoms' });
    expect(graded.symptoms.map(({ observed }) => observed)).toEqual([true, true, true]);
    expect(gradeRun([{ ...entry(graded), expected: 'symptoms' }])).toMatchObject({ verdict: 'pass' });
  });

  test('data lost or a step not done beside the symptoms is named, and changes no verdict', () => {
    const checks = [{ ...okChecks[0]!, status: 'violated' as const, violations: 2, examples: ['note-7 is missing'] }];
    const steps = [{ do: 'restart', title: 'restart', atMs: 1, ok: false, message: 'no' }];
    const graded = grade({ variant: broken(timeouts), recorder: timedOut(), judge: { checks, steps } });
    expect(graded).toMatchObject({
      asExpected: true,
      reason: expect.stringMatching(
        /^shows its symptom: It shows\. Warning, beside what is expected of it: Declared steps that were done \(restart: no\); Acknowledged writes are missing/,
      ),
    });
    expect(
      grade({
        variant: { ...broken(timeouts), criteria: [{ id: 'lost-data' }] },
        recorder: timedOut(),
        judge: { checks },
      }).reason,
    ).toBe('shows its symptom: It shows');
    expect(grade({ variant: broken(timeouts), recorder: timedOut() }).reason).toBe('shows its symptom: It shows');
  });

  test('the run says what each half did: a broken variant meets no criteria', () => {
    const shown = {
      ...entry(grade({ variant: broken(timeouts), recorder: timedOut() })),
      expected: 'symptoms' as const,
    };
    const sentence = (...scenarios: ScenarioResult[]): string => gradeRun(scenarios).sentence;
    expect(sentence(shown, entry(grade()), shown)).toBe(
      'All 3 entries came out as expected: 2 are broken on purpose and show it, 1 meets its criteria.',
    );
    expect(sentence(shown, shown)).toBe('Both entries came out as expected: 2 are broken on purpose and show it.');
    expect(sentence(entry(grade()), entry(grade()))).toBe('Both entries came out as expected: every criterion met.');
  });

  test('one missing is "not-reproduced", which fails', () => {
    const graded = grade({ variant: broken(timeouts, inLog), recorder: timedOut() });
    expect(graded).toMatchObject({ verdict: 'fail', asExpected: false, reason: 'not-reproduced: It shows' });
    expect(gradeRun([{ ...entry(graded), expected: 'symptoms' }])).toMatchObject({
      verdict: 'fail',
      sentence: expect.stringContaining('not-reproduced'),
    });
  });

  test('a log line that came too late does not count', () => {
    expect(
      grade({
        variant: broken(inLog),
        recorder: healthyRecorder().log('service', 'timeout exceeded when trying to connect', 60_000),
      }).asExpected,
    ).toBe(false);
  });

  test('one that could not be seen leaves it open', () => {
    expect(grade({ variant: broken(counted), sqlAnswers: { shown: null } })).toMatchObject({
      verdict: 'inconclusive',
      asExpected: null,
    });
    expect(
      grade({
        variant: broken(symptom({ kind: 'series', series: 'never.seen', statistic: 'max', comparator: '>', value: 1 })),
      }),
    ).toMatchObject({ verdict: 'inconclusive' });
  });

  test('claims never gate, and none declared at all proves nothing', () => {
    const claim = { ...symptom({ kind: 'sql', query: 'x', comparator: '=', value: 1 }, 'claim') };
    expect(grade({ variant: broken(timeouts, claim), recorder: timedOut(), sqlAnswers: { shown: 5 } }).asExpected).toBe(
      true,
    );
    expect(grade({ variant: broken(claim), sqlAnswers: { shown: 1 } })).toMatchObject({ verdict: 'inconclusive' });
  });

  test.each([
    ['max', '>=', 24, true],
    ['max', '>', 24, false],
    ['min', '=', 0, true],
    ['last', '=', 0, true],
    ['delta', '<=', 0, true],
    ['first', '=', 0, true],
  ] as const)('%s of a series summed over replicas %s %d is %s', (statistic, comparator, value, observed) => {
    const recorder = healthyRecorder();
    for (const instance of ['1', '2'])
      recorder.gauge(
        'db.client.connection.pending_requests',
        { 'service.instance': instance, 'db.client.connection.pool.name': 'main' },
        spike(0, 12, 40, 5),
      );
    const graded = grade({
      recorder,
      variant: broken(
        symptom({ kind: 'series', series: 'db.client.connection.pending_requests', statistic, comparator, value }),
      ),
    });
    expect(graded.symptoms[0]).toMatchObject({ observed });
  });

  test('the least and the last level are those of the service at work, not of its end', () => {
    const recorder = (): Recorder =>
      healthyRecorder().gauge(
        'db.client.connection.count',
        { 'service.instance': '1', 'db.client.connection.pool.name': 'main', state: 'held' },
        (second) => (second > 152 ? 0 : 30),
      );
    for (const statistic of ['min', 'last'] as const) {
      const held = symptom({
        kind: 'series',
        series: 'db.client.connection.count',
        labels: { state: 'held' },
        statistic,
        comparator: '=',
        value: 30,
      });
      expect(
        grade({ recorder: recorder(), variant: broken(held), judge: { teardownMs: 152_000 } }).symptoms[0],
      ).toMatchObject({ observed: true });
      expect(grade({ recorder: recorder(), variant: broken(held) }).symptoms[0]).toMatchObject({ observed: false });
    }
  });

  test('in a phase, and within so many seconds of it', () => {
    const at = (phase: string | null, withinSeconds: number | null): boolean | null =>
      grade({
        recorder: healthyRecorder().gauge('x', {}, spike(0, 9, 70, 3)),
        variant: broken(
          symptom({ kind: 'series', series: 'x', statistic: 'max', comparator: '=', value: 9, phase, withinSeconds }),
        ),
      }).symptoms[0]!.observed;
    expect([at(null, null), at('burst', null), at('steady', null), at('burst', 5), at('burst', 15)]).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });
});

describe('what goes with an entry', () => {
  test('claims are shown with what was measured', () => {
    const declaration = declarationOf({
      claims: [
        {
          text: '~150 MB',
          seed: '001',
          measure: { kind: 'sql', query: 'x', comparator: '<=', value: 150 },
          refuted: 'it caches',
        },
        {
          text: '> 9',
          seed: '001',
          measure: { kind: 'sql', query: 'x', comparator: '>', value: 9 },
          refuted: 'never said',
        },
        { text: 'of the broken one', seed: '001', variant: 'broken' },
        { text: 'not measured', seed: '003' },
      ],
    });
    expect(grade({ declaration, sqlAnswers: { 'claim:0': 212.4, 'claim:1': 10 } }).claims).toEqual([
      {
        text: '~150 MB',
        seed: '001',
        measured: '212.4 (does not hold: answer <= 150)',
        value: 212.4,
        note: 'it caches',
      },
      { text: '> 9', seed: '001', measured: '10 (holds: answer > 9)', value: 10 },
      { text: 'not measured', seed: '003', measured: 'not measured' },
    ]);
  });

  test('identities: k6 = ours, ledger = database', () => {
    const written = okChecks.map((check): CheckResult =>
      check.invariant === 'I1'
        ? { ...check, counts: { 'acknowledged jobs present': 2, 'acknowledged notes present': 0 } }
        : check,
    );
    const ledger = ['a', 'b', 'c'].map((key, index): LedgerOperation => ({
      key,
      operation: 'createJob',
      content: {},
      invokedAtMs: 1,
      outcome: index === 2 ? 'unknown' : 'ok',
      id: null,
      completedAtMs: 2,
    }));
    const graded = grade({ ledger, judge: { checks: written, loadTotals } });
    const held = Object.fromEntries(
      graded.identities.map(({ title, left, right, holds }) => [title, [left, right, holds]]),
    );
    expect(held["requests: k6's own end figure = our receiver's"]).toEqual([4950, 4950, true]);
    expect(held['acknowledged jobs: ledger = rows in the database']).toEqual([2, 2, true]);
    expect(graded.outcomes).toMatchObject({ invoked: 3, ok: 2, unknown: 1 });
    expect(grade({ judge: { loadTotals: { ...loadTotals, requests: 4951 } } }).identities[0]?.holds).toBe(false);
  });

  test('errors by family, the pooler by its counters', () => {
    const recorder = healthyRecorder()
      .log('service', 'job 7: timeout exceeded when trying to connect')
      .log('service', 'job 8: timeout exceeded when trying to connect')
      .log('service', 'listening on 8080')
      .gauge('pooler.log_errors', { pooler: '1', family: 'pooler-wait' }, (second) => (second > 30 ? 66 : 0))
      .log('pooler', 'pooler error: query_wait_timeout');
    expect(grade({ recorder }).errors).toEqual([
      { family: 'pooler-wait', source: 'pooler', count: 66, example: 'pooler error: query_wait_timeout' },
      { family: 'pool-wait', source: 'service', count: 2, example: 'job 7: timeout exceeded when trying to connect' },
    ]);
  });

  test('recovery counts from the end of the disturbance to the last bad instant', () => {
    const recorder = healthyRecorder().gauge(
      'http_reqs',
      { phase: 'recovery', kind: 'interactive', status: '500' },
      spike(0, 3, 90, 2),
    );
    expect(grade({ recorder }).recovery).toEqual({
      firstSuccessSeconds: 1,
      lastErrorSeconds: 11,
      lastSlowTransactionSeconds: 0,
    });
  });

  test('figures are finite or null', () => {
    const { figures } = grade();
    expect(figures).toMatchObject({
      apiMsP95: expect.any(Number),
      queriesPerJob: expect.any(Number),
      sessionsPeak: 25,
      connectionTimeouts: 0,
    });
    for (const value of Object.values(figures)) expect(value === null || Number.isFinite(value)).toBe(true);
    for (const value of Object.values(grade({ recorder: nothing() }).figures))
      expect(value === null || Number.isFinite(value)).toBe(true);
  });
});

const nothing = (): Recorder => {
  const recorder = healthyRecorder();
  const { series, histograms } = recorder.observations();
  for (const name of new Set([...series, ...histograms].map((one) => one.name))) recorder.remove(name);
  return recorder;
};
