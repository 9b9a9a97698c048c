import { expect, test } from 'vitest';
import { flat } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { budgets, mebibytes, phase, phases } from '../fixtures/healthy-run.ts';
import { judge } from '../fixtures/judge.ts';
import type { CriterionResult } from '../../result.ts';

const rest =
  (before: number, after: number) =>
  (recorder: Recorder): unknown =>
    recorder.gauge(
      'process.memory_bytes',
      { component: 'database', instance: '1' },
      (second) => mebibytes(1024) * (second > 120 ? after : before),
    );
test('at most half passes, above three quarters fails, between warns, growth fails', () => {
  expect(judge('memory-after-load', rest(0.4, 0.45))).toMatchObject({ verdict: 'pass' });
  expect(judge('memory-after-load', rest(0.55, 0.6)).verdict).toBe('warn');
  expect(judge('memory-after-load', rest(0.8, 0.8)).verdict).toBe('fail');
  expect(judge('memory-after-load', rest(0.2, 0.4))).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('grew'),
  });
});

test('it needs the nightly profile and a rest', () => {
  expect(judge('memory-after-load', rest(0.9, 0.9), { profile: { name: 'smoke', timeScale: 900 } }).verdict).toBe(
    'notApplicable',
  );
  expect(judge('memory-after-load', rest(0.9, 0.9), { phases: phases.slice(0, 4) }).verdict).toBe('notApplicable');
});

/** As the nightly profile has it: three seconds of warm-up, six minutes of load. */
const longLoad = [
  phase('warm-up', 'warmup', 0, 3),
  phase('steady', 'steady', 3, 363),
  phase('rest', 'rest', 363, 453, 0),
];

const longRun = (shareAt: (second: number) => number): CriterionResult => {
  const bytes = budgets.database.memoryBytes;
  const change = (recorder: Recorder): void => {
    for (const [component, instance] of [
      ['service', '1'],
      ['service', '2'],
      ['pooler', '1'],
    ] as const)
      recorder.gauge('process.memory_bytes', { component, instance }, flat(5e6), 454);
    const database = { component: 'database', instance: '1' };
    recorder.gauge('process.memory_bytes', database, (second) => bytes * shareAt(second), 454);
  };
  return judge('memory-after-load', change, { phases: longLoad, teardownMs: 454_000 });
};

test('what a process takes within its first minute is no growth; what it takes afterwards is', () => {
  expect(longRun((second) => Math.min(0.45, 0.1 + second / 100))).toMatchObject({ verdict: 'pass' });
  expect(longRun((second) => 0.1 + second / 1500)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('grew'),
  });
});

test('cut short before the rest is unknown', () => {
  expect(
    judge('memory-after-load', (recorder) => {
      for (const component of Object.keys({ service: 1, pooler: 1, database: 1 }))
        recorder.gauge('process.memory_bytes', { component, instance: '1' }, flat(1e6), 100);
    }).verdict,
  ).toBe('inconclusive');
});

test("the seed's own run fails: memory 1.8 of 2 GB used", () => {
  const changed = { budgets: { database: { cores: 2, memoryBytes: 2e9 } } };
  const seed = (recorder: Recorder): unknown =>
    recorder.gauge('process.memory_bytes', { component: 'database', instance: '1' }, flat(1.8e9));
  expect(judge('memory-after-load', seed, changed)).toMatchObject({ verdict: 'fail', value: expect.closeTo(90, 0) });
});
