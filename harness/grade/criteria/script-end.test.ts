import { describe, expect, test } from 'vitest';
import type { LoadTotals, ScriptLoad, ScriptWords } from '../../result.ts';
import { phase } from '../fixtures/healthy-run.ts';
import { judge, loadTotals } from '../fixtures/judge.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { leak } from '../fixtures/shapes.ts';

const script: ScriptLoad = {
  seconds: 180,
  users: 500,
  perSecond: 6000,
  closed: false,
  aborting: [{ metric: 'http_req_duration', expression: 'p(95)<200' }],
  systemTags: [],
  trendStats: [],
};

const ramp = (recorder: Recorder): void => {
  recorder.remove('iterations').remove('vus');
  recorder.gauge('iterations', { phase: 'load' }, leak(20, 30), 31).gauge('vus', {}, leak(0, 8), 31);
};

const judged = (words: Partial<ScriptWords>, totals: Partial<LoadTotals> = {}, load: ScriptLoad | null = script) =>
  judge('script-end', ramp, {
    phases: [phase('load', 'steady', 0, 31)],
    load: { interactivePerSecond: 0, script: load },
    loadTotals: { ...loadTotals, ...totals, words: { ...loadTotals.words!, ...words } },
  });

const broken = { metric: 'http_req_duration', expression: 'p(95)<200', kept: false, samples: 9000 };
const stopped = { by: 'threshold' as const, words: "thresholds on metrics 'http_req_duration' were crossed" };

test('a script that ran to its end is met', () => {
  expect(judged({})).toMatchObject({ verdict: 'pass', reason: 'it ended by itself after 31.0 s' });
});

describe('one that ended before', () => {
  test('by its own threshold: what it had reached of what it declares', () => {
    expect(judged({ stopped }, { exitCode: 99, thresholds: [broken] })).toMatchObject({
      verdict: 'fail',
      reason:
        'your threshold p(95)<200 on http_req_duration stopped the test after 31.0 s of 180.0 s, ' +
        'at some 920 of 6,000 iterations/s and 248 of 500 users; what lies above was not tried',
    });
  });

  test("without knowing which threshold: in k6's own words", () => {
    expect(judged({ stopped }, {}, null).reason).toContain("thresholds on metrics 'http_req_duration' were crossed");
  });

  test('by test.abort and by test.fail', () => {
    expect(judged({ stopped: { by: 'script', words: 'the basket is empty' } })).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('"the basket is empty"'),
    });
    expect(judged({ markedFailed: 'bad data' }, { exitCode: 110 })).toMatchObject({
      verdict: 'fail',
      reason: 'the script marked the test as failed: bad data',
    });
  });

  test('before anything was loaded: no figure of what it had reached', () => {
    const byItself = { by: 'script' as const, words: 'no login, no test' };
    expect(judged({ stopped: byItself }, { exitCode: 108, iterations: 0 }).reason).toBe(
      'the script stopped the test itself ("no login, no test") before its first iteration was done: nothing was tried',
    );
  });

  test('where nobody counted what it had reached, its length alone', () => {
    const silent = (recorder: Recorder): unknown => recorder.remove('iterations').remove('vus').remove('http_reqs');
    const totals = { ...loadTotals, vusMax: 0, words: { ...loadTotals.words!, stopped } };
    const { reason } = judge('script-end', silent, {
      phases: [phase('load', 'steady', 0, 31)],
      load: { interactivePerSecond: 0, script },
      loadTotals: totals,
    });
    expect(reason).toMatch(/after 31\.0 s of 180\.0 s; what lies above was not tried$/);
  });

  test('by k6, which lacks something: never as if it had ended by itself', () => {
    const lacking = { by: 'k6' as const, words: 'error building browser on IterStart' };
    expect(judged({ stopped: lacking }, { exitCode: 108 })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^k6 stopped the test \(error building browser on IterStart\) after/),
    });
    expect(judged({}, { exitCode: 108 }).verdict).toBe('inconclusive');
  });

  test('by somebody else: nothing is known of the rest', () => {
    expect(judged({}, { exitCode: 105 }).verdict).toBe('inconclusive');
  });
});

test('a summary that could not be written is told, and decides nothing', () => {
  expect(judged({ summaryProblem: "could not open './reports/today/x.json'" })).toMatchObject({
    verdict: 'pass',
    reason: expect.stringContaining('its own summary could not be made'),
  });
});

test('an exit code of a threshold is no end before its time', () => {
  expect(judged({}, { exitCode: 99 }).verdict).toBe('pass');
});
