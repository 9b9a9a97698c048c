import { expect, test } from 'vitest';
import type { Recorder } from '../fixtures/recorder.ts';
import { judge, nothingSeen } from '../fixtures/judge.ts';

/** So many of each second's requests of the steady phase are refused. */
const refusing =
  (count: number) =>
  (recorder: Recorder): unknown =>
    recorder.gauge(
      'http_reqs',
      { phase: 'steady', kind: 'interactive', status: '429', outcome: 'refused' },
      (second) => (second > 5 && second <= 60 ? count : 0),
    );

test('few may be refused', () => {
  expect(judge('refused-requests').verdict).toBe('pass');
  expect(judge('refused-requests', refusing(0.2)).verdict).toBe('pass');
});

test('a service that refuses almost everybody fails, however well it answers the rest', () => {
  const result = judge('refused-requests', refusing(400));
  expect(result).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('from 5.0 to 60.0 s') });
  expect(judge('goodput', refusing(400)).verdict).toBe('pass');
});

test('ten seconds in which many are refused are not lost among the minutes in which none is', () => {
  const inTheMiddle = (recorder: Recorder): unknown =>
    recorder.gauge(
      'http_reqs',
      { phase: 'steady', kind: 'interactive', status: '429', outcome: 'refused' },
      (second) => (second > 20 && second <= 30 ? 2 : 0),
    );
  expect(judge('refused-requests', inTheMiddle)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(/^worst 10 s \(from 20.0 s to 30.0 s\): 20 of 350/),
  });
});

test('where refusing is by design the scenario declares how much', () => {
  const declared = { id: 'refused-requests', value: 95 };
  expect(judge('refused-requests', refusing(40), {}, declared).verdict).toBe('pass');
});

test('where no request was seen, or none says how it came out, nothing is known', () => {
  expect(judge('refused-requests', nothingSeen).verdict).toBe('inconclusive');
  const untold = (recorder: Recorder): unknown =>
    recorder.remove('http_reqs').gauge('http_reqs', { phase: 'steady', kind: 'interactive' }, () => 5);
  expect(judge('refused-requests', untold).verdict).toBe('inconclusive');
});
