import { describe, expect, test } from 'vitest';
import { phase, seconds } from '../fixtures/healthy-run.ts';
import { failedRequests, judge, loadTotals, nothingSeen } from '../fixtures/judge.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { flat } from '../fixtures/shapes.ts';

/** Only requests with this status, twenty a second. */
const answeringOnly =
  (status: string, labels: Record<string, string> = {}) =>
  (recorder: Recorder): unknown =>
    recorder
      .remove('http_reqs')
      .gauge('http_reqs', { phase: 'steady', kind: 'interactive', status, ...labels }, (second) =>
        second > 5 && second <= 60 ? 20 : 0,
      );

describe('how requests come out', () => {
  test('failing fast is no speed', () => {
    expect(judge('goodput', failedRequests(207))).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(/requests failed \(500 × [\d,]+\), from 5\.0 to 60\.0 s/),
    });
  });

  test('refused requests are told, and judged apart', () => {
    const refused = (recorder: Recorder): unknown =>
      recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '429' }, flat(200));
    expect(judge('goodput', refused)).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining('refused'),
    });
  });

  test.each(['401', '403', '404', '400', '503', '0'])('a service that answers %s to everything fails', (status) => {
    expect(judge('goodput', answeringOnly(status))).toMatchObject({ verdict: 'fail', value: 0 });
  });

  test('what a run of an older release called ok is judged by its status', () => {
    expect(judge('goodput', answeringOnly('404', { outcome: 'ok' })).verdict).toBe('fail');
  });

  test('404s that the script expects are met, and told', () => {
    expect(judge('goodput', answeringOnly('404', { outcome: 'expected' }))).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining('as the script expects (404 × 1,100)'),
    });
  });
});

describe('a script without the status tag', () => {
  const untold = (recorder: Recorder): unknown =>
    recorder.remove('http_reqs').gauge('http_reqs', { phase: 'steady', kind: 'interactive' }, flat(20));

  test("is judged by k6's own count of failed requests", () => {
    const totals = { ...loadTotals, requests: 20 * seconds };
    expect(judge('goodput', untold, { loadTotals: { ...totals, failedRequests: 3 } }).verdict).toBe('pass');
    expect(judge('goodput', untold, { loadTotals: { ...totals, failedRequests: 900 } }).verdict).toBe('fail');
  });

  test('and without that nothing can be told: never 0 %', () => {
    expect(judge('goodput', untold, { loadTotals: null })).toMatchObject({
      verdict: 'inconclusive',
      value: null,
      reason: expect.stringContaining('drops the status tag'),
    });
  });
});

describe('a start that is not warm', () => {
  const running = (seconds: number, failedFor: number, failed: number) => {
    const change = (recorder: Recorder): void => {
      recorder.remove('http_reqs');
      recorder.gauge('http_reqs', { phase: 'load', status: '200' }, flat(20));
      recorder.gauge('http_reqs', { phase: 'load', status: '500' }, (second) => (second <= failedFor ? failed : 0));
    };
    return judge('goodput', change, { phases: [phase('load', 'steady', 0, seconds)] });
  };

  test.each([15, 30, 150])('is a warning in a run of %i s, whatever its length makes of the share', (seconds) => {
    expect(running(seconds, 1, 10)).toMatchObject({
      verdict: 'warn',
      reason: expect.stringMatching(/the start was not warm.*all in the first 1\.0 s/),
    });
  });

  test('is none where it goes on', () => {
    expect(running(30, 30, 10).verdict).toBe('fail');
  });
});

test('where no request was seen, nothing is known', () => {
  expect(judge('goodput', nothingSeen).verdict).toBe('inconclusive');
});
