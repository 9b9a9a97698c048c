import { expect, test } from 'vitest';
import type { CriterionResult } from '../../result.ts';
import { judge, nothingSeen } from '../fixtures/judge.ts';
import type { Recorder } from '../fixtures/recorder.ts';

const judged = (change: (recorder: Recorder) => unknown = () => undefined): CriterionResult =>
  judge('silent-growth', change, {}, { id: 'silent-growth' });
const schedules =
  (count: (second: number) => number) =>
  (recorder: Recorder): unknown =>
    recorder.gauge('cron_schedules_total', { 'service.instance': '1', queue: 'memo' }, count);

test('a healthy run keeps what it has', () => {
  expect(judged()).toMatchObject({ verdict: 'pass', value: 0 });
  expect(judged(schedules(() => 1)).verdict).toBe('pass');
});

test('a schedule more every ten seconds is named, before any request has failed', () => {
  const result = judged(schedules((second) => 1 + Math.floor(second / 10)));
  expect(result).toMatchObject({ verdict: 'fail', value: 1 });
  expect(result.reason).toMatch(
    /^schedules \(cron_schedules_total\) grew from \d+ to \d+, seen after [\d.]+ s: no request/,
  );
});

test('what nobody sampled is unknown', () => {
  expect(judged(nothingSeen).verdict).toBe('inconclusive');
});

test('how long before the first failure is told', () => {
  const result = judged((recorder) => {
    schedules((second) => 1 + Math.floor(second / 10))(recorder);
    recorder.gauge('http_reqs', { phase: 'burst', kind: 'interactive', status: '500' }, (second) =>
      second > 70 && second <= 75 ? 3 : 0,
    );
  });
  expect(result.reason).toMatch(/: [\d.]+ s before the first request failed/);
});

test('a growth that nobody wrote it for: names of prepared statements, dead rows', () => {
  const names = judged((recorder) => recorder.gauge('tap.prepared_names', { hop: 'service' }, (second) => 10 * second));
  expect(names.reason).toContain('names of prepared statements');
  const dead = judged((recorder) => recorder.gauge('postgres.tuples.dead', {}, (second) => 1000 * second));
  expect(dead.reason).toContain('dead rows');
});
