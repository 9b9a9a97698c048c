import { expect, test } from 'vitest';
import { durations, type Recorder } from '../fixtures/recorder.ts';
import { phase, phases } from '../fixtures/healthy-run.ts';
import { judge } from '../fixtures/judge.ts';

const slowFrom80 =
  (until: number) =>
  (recorder: Recorder): unknown =>
    recorder.histogram(
      'pgsurge.transaction.duration',
      { 'service.instance': '1', outcome: 'ok', name: 'claim' },
      (second) => durations(40, second > 60 && second <= until ? 2 : 0.005, second),
    );
test('the time to the last slow transaction, against the scaled bound', () => {
  expect(judge('burst-recovery', slowFrom80(100))).toMatchObject({
    verdict: 'pass',
    value: 20,
    bounds: [{ value: 30 }],
    fullBounds: [{ value: 600 }],
  });
  expect(judge('burst-recovery', slowFrom80(112))).toMatchObject({ verdict: 'fail', value: 32 });
  expect(judge('burst-recovery', slowFrom80(112), { profile: { name: 'full', timeScale: 1 } })).toMatchObject({
    verdict: 'pass',
    fullBounds: null,
  });
});

test('one that never recovers fails, however short the time after', () => {
  expect(judge('burst-recovery', slowFrom80(1000))).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('never recovered'),
  });
  expect(judge('burst-recovery', slowFrom80(1000), { profile: { name: 'full', timeScale: 1 } }).verdict).toBe('fail');
});

test('in a recovery shorter than the bound, the bound decides until the load ends', () => {
  const smoke = {
    profile: { name: 'smoke', timeScale: 900 },
    phases: [...phases.slice(0, 3), phase('recovery', 'recovery', 80, 84)],
  };
  for (const until of [81, 82, 83])
    expect(judge('burst-recovery', slowFrom80(until), smoke)).toMatchObject({
      verdict: 'pass',
      value: until - 80,
      bounds: [{ value: 6 }],
    });
  for (const until of [84, 85])
    expect(judge('burst-recovery', slowFrom80(until), smoke)).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('still slow when the load ended'),
    });
  const cutShort = (recorder: Recorder): unknown =>
    recorder
      .remove('pgsurge.transaction.duration')
      .histogram('pgsurge.transaction.duration', {}, (second) => durations(40, 2, second), 83);
  expect(judge('burst-recovery', cutShort, smoke)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('never recovered'),
  });
});

test('silence after the burst is no recovery', () => {
  const quiet = (recorder: Recorder): unknown =>
    recorder
      .remove('pgsurge.transaction.duration')
      .histogram('pgsurge.transaction.duration', {}, (second) => durations(40, 2, second), 80);
  expect(judge('burst-recovery', quiet)).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('too few'),
  });
});

test('without a burst it does not apply', () => {
  expect(judge('burst-recovery', undefined, { phases: [phase('steady', 'steady', 0, 60)] }).verdict).toBe(
    'notApplicable',
  );
});
