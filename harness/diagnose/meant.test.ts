/** What the run did on purpose is how a cause is shown: the cause comes first. */
import { expect, test } from 'vitest';
import { flat } from '../grade/fixtures/shapes.ts';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import type { StepResult } from '../result.ts';
import { answers, chainOf, diagnosisOf, healthyStranger } from './fixtures/stranger.ts';

const restart = (atMs: number): StepResult =>
  ({ do: 'restart', title: 'restart of the service', atMs, endMs: atMs + 500, ok: true }) as StepResult;
const steps = [restart(4000), restart(5000)];

/** Its one replica is started anew twice, and half of the requests meanwhile find none. */
const restarted = (): Recorder => {
  const recorder = answers(healthyStranger().remove('http_reqs').remove('http_req_duration'), 200, flat(12), 60);
  return answers(recorder, 503, (second) => (second === 4 || second === 5 ? 6 : 0), 5);
};

test('each start adds a schedule: that comes first, and then the starts of this run', () => {
  const recorder = restarted();
  recorder.gauge('cron_schedules_total', { queue: 'memo.batch-check' }, (second) => (second < 4 ? 1 : second - 2));
  expect(chainOf(diagnosisOf(recorder, { steps }))).toMatch(/^duplicate-schedules part-restarted/);
});

test('the starts alone are the cause of what failed meanwhile', () => {
  expect(chainOf(diagnosisOf(restarted(), { steps }))).toMatch(/^part-restarted/);
});
