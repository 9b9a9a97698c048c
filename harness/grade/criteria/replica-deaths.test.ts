import { expect, test } from 'vitest';
import type { Recorder } from '../fixtures/recorder.ts';
import { judge, nothingSeen } from '../fixtures/judge.ts';

const died = (recorder: Recorder): unknown =>
  recorder.log('service', 'replica 1 of the service died (exit code 1), and is started again', 30_000);

test('a replica that ended by itself is one too many', () => {
  expect(judge('replica-deaths')).toMatchObject({ verdict: 'pass', value: 0, reason: 'none died by itself' });
  expect(judge('replica-deaths', died)).toMatchObject({
    verdict: 'fail',
    value: 1,
    reason: 'replica 1 of the service died (exit code 1)',
    evidence: [{ atMs: 30_000, source: 'supervisor' }],
  });
});

test('other lines of its log are no death', () => {
  expect(judge('replica-deaths', (recorder) => recorder.log('service', 'replica 1 is ready')).verdict).toBe('pass');
});

test('without metrics of the service nothing is known', () => {
  expect(judge('replica-deaths', nothingSeen).verdict).toBe('inconclusive');
});

const counted =
  (deaths: number) =>
  (recorder: Recorder): unknown =>
    recorder
      .gauge('log.lines', { component: 'service', instance: '1', kind: 'read' }, () => 900)
      .gauge('service.exits', { instance: '0' }, () => 0)
      .gauge('service.exits', { instance: '1' }, (second) => (second > 20 ? deaths : 0));

test('deaths are counted by who supervises the replicas, however many lines were kept', () => {
  expect(judge('replica-deaths', counted(0))).toMatchObject({ verdict: 'pass', value: 0 });
  expect(judge('replica-deaths', counted(7))).toMatchObject({ verdict: 'fail', value: 7, reason: '7 deaths' });
});

test('without that count a newer run knows nothing, and an older one only while not all its lines were kept', () => {
  const newer = (recorder: Recorder): unknown =>
    recorder.gauge('log.lines', { component: 'service', instance: '1', kind: 'read' }, () => 900);
  expect(judge('replica-deaths', newer).verdict).toBe('inconclusive');
  const full = (recorder: Recorder): void => {
    for (let line = 0; line < 300; line += 1) recorder.log('service', 'ERROR x');
  };
  expect(judge('replica-deaths', full).verdict).toBe('inconclusive');
});
