import { expect, test } from 'vitest';
import { flat, spike } from '../fixtures/shapes.ts';
import { durations, type Recorder } from '../fixtures/recorder.ts';
import { failedRequests, judge, steadyRequests } from '../fixtures/judge.ts';

const slow =
  (middle: number) =>
  (recorder: Recorder): unknown =>
    recorder.histogram('http_req_duration', steadyRequests, (second) =>
      second > 5 && second <= 60 ? durations(20, middle, second) : [],
    );
test('slow requests fail it, few slow ones do not', () => {
  expect(judge('api-p95', slow(350)).verdict).toBe('fail');
  expect(judge('api-p95', slow(100)).verdict).toBe('pass');
  const slowAtOnce =
    (count: number) =>
    (recorder: Recorder): unknown =>
      recorder.histogram('http_req_duration', { ...steadyRequests, name: 'rare' }, (second) =>
        second === 30 ? durations(count, 4000) : [],
      );
  expect(judge('api-p95', slowAtOnce(8)).verdict).toBe('pass');
  // The rule changed: twenty at once are few of an hour, but more than 5 % of their worst ten seconds.
  expect(judge('api-p95', slowAtOnce(20))).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(/^worst 10 s \(from .*over the whole/),
  });
});

test('a dead service is the fastest of all, and fails', () => {
  const dead = judge('api-p95', (recorder) => {
    recorder.remove('http_reqs').remove('http_req_duration');
    recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '0', outcome: 'error' }, flat(6693));
    recorder.histogram(
      'http_req_duration',
      { phase: 'steady', kind: 'interactive', status: '0', outcome: 'error' },
      () => [0.01, 0.01],
    );
  });
  expect(dead).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('never served') });
});

test('failing fast is no speed-up: a request that failed counts as slowest', () => {
  expect(judge('api-p95', failedRequests(3)).verdict).toBe('fail');
  expect(
    judge('api-p95', (recorder) =>
      recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '429' }, flat(200)),
    ).verdict,
  ).toBe('pass');
});

test('the outcome follows from the status where k6 gives no outcome', () => {
  const bare = judge('api-p95', (recorder) => {
    recorder.remove('http_reqs').remove('http_req_duration');
    recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '503' }, flat(20));
    recorder.histogram('http_req_duration', { phase: 'steady', kind: 'interactive', status: '503' }, () =>
      durations(20, 1),
    );
  });
  expect(bare.verdict).toBe('fail');
});

test('too few are inconclusive', () => {
  const few = judge('api-p95', (recorder) => {
    recorder
      .remove('http_reqs')
      .remove('http_req_duration')
      .gauge('http_reqs', steadyRequests, spike(0, 40, 30))
      .histogram('http_req_duration', steadyRequests, (second) => (second === 30 ? durations(40, 20) : []));
  });
  expect(few).toMatchObject({ verdict: 'inconclusive', count: 40 });
});
