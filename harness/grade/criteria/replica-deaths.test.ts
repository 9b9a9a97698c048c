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
