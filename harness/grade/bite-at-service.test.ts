import { expect, test } from 'vitest';
import { judgeOf } from './fixtures/judge.ts';
import { healthyRecorder, phases } from './fixtures/healthy-run.ts';
import { durations, type Recorder } from './fixtures/recorder.ts';
import type { FaultResult } from '../result.ts';
import { faultsFelt } from './bite-at-service.ts';

const endMs = phases.at(-1)!.endMs;
const fault: FaultResult = {
  id: 'latency',
  title: 'Link slowed',
  target: 'a link',
  injectedAtMs: 40_000,
  revertedAtMs: 44_000,
  bite: 'bit',
  revertProved: true,
  biteAtTarget: { atMs: 40_100, text: 'an answer took 231 ms', source: 'probe' },
};

const felt = (
  change: (recorder: Recorder) => unknown = () => undefined,
  changed: Partial<FaultResult> = {},
): FaultResult => {
  const recorder = healthyRecorder();
  change(recorder);
  return faultsFelt(judgeOf(recorder, { faults: [{ ...fault, ...changed }] }))[0]!;
};

const failing =
  (from: number, until: number) =>
  (recorder: Recorder): unknown =>
    recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '500', outcome: 'error' }, (second) =>
      second >= from && second <= until ? 3 : 0,
    );

test('what only the service shows has bitten in part', () => {
  expect(felt()).toMatchObject({ bite: 'partial', biteAtService: null });
});

test('failed requests while it lasts are a bite; those that failed all along are none', () => {
  expect(felt(failing(41, 43))).toMatchObject({
    bite: 'bit',
    biteAtService: { text: expect.stringContaining('requests failed') as string, source: 'k6' },
  });
  expect(felt(failing(5, 43)).bite).toBe('partial');
  expect(felt(failing(50, 52)).bite).toBe('partial');
});

test('late answers are a bite, an ordinary tail is none', () => {
  const late =
    (middle: number) =>
    (recorder: Recorder): unknown =>
      recorder
        .remove('pgsurge_request_duration')
        .histogram('pgsurge_request_duration', { phase: 'steady' }, (second) =>
          durations(20, second >= 41 && second <= 44 ? middle : 15, second),
        );
  expect(felt(late(230))).toMatchObject({
    bite: 'bit',
    biteAtService: { text: expect.stringContaining('slowest tenth') as string },
  });
  expect(felt(late(22)).bite).toBe('partial');
});

test("a line of the service's log is a bite", () => {
  const line = (recorder: Recorder): unknown =>
    recorder.logLines.push({
      atMs: 41_000,
      component: 'service',
      instance: 0,
      text: '2026-11-21T10:00:00.000Z ERROR GET /jobs: server conn crashed? (connection-lost, unknown)',
    });
  expect(felt(line)).toMatchObject({ bite: 'bit', biteAtService: { source: 'service log' } });
});

test('a fault that its target does not show stays as it is, and one after the load is unknown', () => {
  expect(felt(failing(41, 43), { bite: 'did-not-bite', biteAtTarget: null })).toMatchObject({ bite: 'did-not-bite' });
  expect(felt(failing(41, 43), { injectedAtMs: endMs + 1, revertedAtMs: endMs + 2000 })).toMatchObject({
    bite: 'unknown',
    message: 'it came after the load had ended',
  });
});
