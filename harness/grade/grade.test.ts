import { describe, expect, test } from 'vitest';
import type { Recorder } from './fixtures/recorder.ts';
import { healthyRecorder } from './fixtures/healthy-run.ts';
import { flat, spike } from './fixtures/shapes.ts';
import { criteria, judgeOf, loadTotals, okChecks } from './fixtures/judge.ts';
import type { JudgedEntry } from './criterion.ts';
import type { ScenarioDeclaration, SymptomDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { LedgerOperation } from '../load/ledger.ts';
import type { CheckResult, CriterionResult, ScenarioResult, Verdict } from '../result.ts';
import { gradeEntry, type GradedFields } from './grade.ts';
import { gradeRun } from './run-verdict.ts';
import { letterOf } from './letter.ts';
import { worstOf } from './verdict.ts';

const declarationOf = (changed: Partial<ScenarioDeclaration> = {}): ScenarioDeclaration => ({
  schema: 'pgsurge.scenario/1',
  id: 'burst',
  group: 'matrix',
  title: 'Burst',
  purpose: 'p',
  seeds: ['001'],
  environment: {},
  load: { phases: [], interactivePerSecond: 20 },
  variants: [],
  criteria: [],
  ...changed,
});
const variantOf = (changed: Partial<VariantDeclaration> = {}): VariantDeclaration => ({
  name: 'healthy',
  title: 'Healthy',
  expected: 'pass',
  ...changed,
});

interface Case {
  declaration?: ScenarioDeclaration;
  variant?: VariantDeclaration;
  recorder?: Recorder;
  judge?: Partial<JudgedEntry>;
  sqlAnswers?: Record<string, number | null>;
  ledger?: LedgerOperation[];
}
const grade = ({
  declaration = declarationOf(),
  variant = variantOf(),
  recorder = healthyRecorder(),
  judge = {},
  sqlAnswers = {},
  ledger = [],
}: Case = {}): GradedFields =>
  gradeEntry({
    declaration,
    variant,
    criteria,
    judge: judgeOf(recorder, judge),
    ledger: { operations: ledger, unreadable: 0 },
    sqlAnswers,
  });

const timedOut = (recorder = healthyRecorder()): Recorder =>
  recorder.gauge('db.client.connection.timeouts', { 'service.instance': '1' }, spike(0, 30, 40));
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
      'All 3 entries came out as expected: 2 show the symptoms that they must, 1 meets its criteria.',
    );
    expect(sentence(shown, shown)).toBe('All 2 entries came out as expected: 2 show the symptoms that they must.');
    expect(sentence(entry(grade()), entry(grade()))).toBe('All 2 entries came out as expected: every criterion met.');
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
      { text: '~150 MB', seed: '001', measured: '212.4 (does not hold: answer <= 150)', note: 'it caches' },
      { text: '> 9', seed: '001', measured: '10 (holds: answer > 9)' },
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

const entry = (graded: GradedFields, changed: Partial<ScenarioResult> = {}): ScenarioResult => ({
  entry: 'burst.healthy.1',
  name: 'burst',
  title: 'Burst',
  group: 'matrix',
  variant: 'healthy',
  repeat: 1,
  state: 'finished',
  startedMs: 0,
  endedMs: 1,
  settings: {},
  stackSettings: {},
  load: { interactivePerSecond: 20, seed: 1 },
  phases: [],
  steps: [],
  faults: [],
  checks: [],
  ...graded,
  ...changed,
});

describe('a run', () => {
  const healthy = (): ScenarioResult => entry(grade());
  test('all as expected', () => {
    expect(gradeRun([healthy(), healthy()])).toMatchObject({
      verdict: 'pass',
      sentence: expect.stringContaining('All 2 entries'),
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
      'Five times the load (healthy): Transactions are held open over other work: 3,000 ms (115 counted); ' +
        'the bound is at most 100 ms.',
    );
    expect(judged.nextStep).toContain('between BEGIN and COMMIT');
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
