import { expect, test } from 'vitest';
import { flat } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { phase } from '../fixtures/healthy-run.ts';
import { failedRequests, judge, steadyRequests } from '../fixtures/judge.ts';

test('jobs below the nominal fail, above pass', () => {
  const jobs =
    (perSecond: number) =>
    (recorder: Recorder): unknown =>
      recorder.gauge('pgsurge_jobs_done', { phase: 'steady' }, (second) =>
        second > 5 && second <= 60 ? perSecond : 0,
      );
  expect(judge('throughput', jobs(1.95)).verdict).toBe('pass');
  expect(judge('throughput', jobs(1)).verdict).toBe('fail');
  expect(judge('throughput', jobs(0)).verdict).toBe('fail');
});

test('requests that failed, were refused or never sent are not done', () => {
  expect(judge('throughput', failedRequests(5)).verdict).toBe('fail');
  expect(
    judge('throughput', (recorder) =>
      recorder.gauge('http_reqs', { phase: 'burst', kind: 'interactive', status: '429', outcome: 'refused' }, flat(3)),
    ).verdict,
  ).toBe('fail');
  expect(
    judge('throughput', (recorder) => recorder.gauge('dropped_iterations', { phase: 'steady' }, flat(5))).verdict,
  ).toBe('fail');
});

test('a starved generator says nothing of the service', () => {
  expect(
    judge('throughput', (recorder) =>
      recorder.gauge('dropped_iterations', { phase: 'steady' }, flat(5)).gauge('host.cpu_idle_share', {}, flat(0.02)),
    ).verdict,
  ).toBe('inconclusive');
});

test('a stretch too short to tell 94 from 95 % is inconclusive', () => {
  const short = [phase('steady', 'steady', 5, 13)];
  const jobs =
    (perSecond: number) =>
    (recorder: Recorder): unknown =>
      recorder
        .gauge('pgsurge_jobs_done', { phase: 'steady' }, flat(perSecond), 13)
        .gauge('http_reqs', steadyRequests, flat(20));
  expect(
    judge(
      'throughput',
      (recorder) => {
        recorder.remove('pgsurge_jobs_done');
        recorder.gauge('pgsurge_jobs_done', { phase: 'steady' }, (second) => (second > 5 && second <= 13 ? 1.8 : 0));
      },
      { phases: short },
    ).verdict,
  ).toBe('inconclusive');
  expect(judge('throughput', jobs(0.1), { phases: short }).verdict).toBe('fail');
});

test('what a burst left to be done counts where it is done, and is missed where it is not', () => {
  const tenfold = [
    phase('before', 'steady', 5, 20),
    phase('burst', 'burst', 20, 50, 100),
    phase('recovery', 'recovery', 50, 80),
  ];
  const jobs =
    (done: Record<string, number>) =>
    (recorder: Recorder): void => {
      recorder.remove('pgsurge_jobs_done');
      for (const { name, startMs, endMs } of tenfold)
        recorder.gauge('pgsurge_jobs_done', { phase: name }, (second) =>
          second > startMs / 1000 && second <= endMs / 1000 ? done[name]! : 0,
        );
    };
  expect(judge('throughput', jobs({ before: 2, burst: 10, recovery: 12 }), { phases: tenfold }).verdict).toBe('pass');
  expect(judge('throughput', jobs({ before: 2, burst: 10, recovery: 2 }), { phases: tenfold }).verdict).toBe('fail');
});

test('against a reference variant where there is one', () => {
  expect(judge('throughput', undefined, { referenceJobsPerActiveJobMinute: 20 }).verdict).toBe('fail');
});
