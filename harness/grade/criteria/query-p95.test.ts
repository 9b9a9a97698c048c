import { expect, test } from 'vitest';
import { durations, type Recorder } from '../fixtures/recorder.ts';
import { judge } from '../fixtures/judge.ts';

const slow =
  (name: string, middle: number) =>
  (recorder: Recorder): unknown =>
    recorder.histogram(name, { 'service.instance': '1' }, (second) => durations(60, middle, second));

test('slow queries fail', () => {
  expect(judge('query-p95', slow('db.client.operation.duration', 0.2))).toMatchObject({
    verdict: 'fail',
    figureWords: 'at p95',
  });
  expect(judge('query-p95', slow('db.client.operation.duration', 0.02)).verdict).toBe('pass');
});

test('one kind of query that is slow is found among thousands of quick ones', () => {
  const dashboard =
    (seconds: number) =>
    (recorder: Recorder): unknown =>
      recorder.histogram(
        'db.client.operation.duration',
        { 'service.instance': '1', 'db.operation.name': 'dashboard' },
        (second) => durations(2, seconds, second),
      );
  expect(judge('query-p95', dashboard(0.4))).toMatchObject({
    verdict: 'fail',
    value: expect.closeTo(400, -2),
    reason: expect.stringContaining('"dashboard"'),
    // The figure is that kind's median and no p95.
    figureWords: 'in the median of "dashboard"',
  });
  expect(judge('query-p95', dashboard(0.04)).verdict).toBe('pass');
});

test('a lost source is named by what it leaves unknown', () => {
  const result = judge('query-p95', (recorder) =>
    recorder.remove('db.client.operation.duration').source('service', false, 'no export since 12.0 s'),
  );
  expect(result).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('service: no export since 12.0 s'),
  });
});
