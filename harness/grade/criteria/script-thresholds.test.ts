import { expect, test } from 'vitest';
import type { ScriptThreshold } from '../../result.ts';
import { judge, loadTotals } from '../fixtures/judge.ts';
import { flat } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';

const kept: ScriptThreshold = { metric: 'http_req_failed', expression: 'rate<0.01', kept: true, samples: 500 };
const broken: ScriptThreshold = { metric: 'http_req_duration', expression: 'p(95)<200', kept: false, samples: 500 };
const empty: ScriptThreshold = { ...kept, metric: 'http_req_duration{scenario:checkout}', samples: 0 };
const gauge: ScriptThreshold = { ...kept, metric: 'queue_length', samples: null };

const judged = (thresholds: ScriptThreshold[], change?: (recorder: Recorder) => unknown) =>
  judge('script-thresholds', change, { loadTotals: { ...loadTotals, exitCode: 99, thresholds } });

test('those that are kept are met', () => {
  expect(judged([kept]).verdict).toBe('pass');
});

test('one that broke fails, in its own words', () => {
  expect(judged([kept, broken])).toMatchObject({ verdict: 'fail', reason: 'p(95)<200 on http_req_duration', value: 1 });
  expect(judged([broken, empty])).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('had no sample') });
});

test('one without a sample is green in k6 and unknown here', () => {
  expect(judged([kept, empty])).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('1 of 2 thresholds had no sample'),
  });
  // "count<1" of nothing is red or green as it happens: it is unknown either way.
  expect(judged([{ ...empty, kept: false }]).verdict).toBe('inconclusive');
});

test('a gauge was set if a sample of it came', () => {
  expect(judged([gauge]).verdict).toBe('inconclusive');
  expect(judged([gauge], (recorder) => recorder.gauge('queue_length', {}, flat(3))).verdict).toBe('pass');
});
