import { expect, test } from 'vitest';
import type { Recorder } from './fixtures/recorder.ts';
import { judgeOf } from './fixtures/judge.ts';
import { healthyRecorder } from './fixtures/healthy-run.ts';
import { flat } from './fixtures/shapes.ts';
import type { JudgedEntry } from './criterion.ts';
import type { ScenarioResult } from '../result.ts';
import { healthOf } from './health.ts';

const figure = (
  id: string,
  change: (recorder: Recorder) => unknown = () => null,
  changed: Partial<JudgedEntry> = {},
): ScenarioResult['health'][number] | undefined => {
  const recorder = healthyRecorder();
  change(recorder);
  return healthOf(judgeOf(recorder, changed)).find((one) => one.id === id);
};

test('users that wait for answers: doubtful from 80 % of those that k6 may make, those that keep a job apart', () => {
  const load = { interactivePerSecond: 20 };
  const at = (vus: number) => figure('virtual-users', (recorder) => recorder.gauge('vus', {}, flat(vus)), { load });
  expect(at(110)).toMatchObject({
    ok: true,
    value: expect.closeTo(4.17, 1),
    note: expect.stringContaining('10 of 240 at most, beside 100 that keep a job'),
  });
  expect(at(100 + 191)).toMatchObject({ ok: true });
  expect(at(100 + 193)).toMatchObject({ ok: false });
  expect(
    figure('virtual-users', (recorder) => recorder.remove('vus'), { load }),
    'unknown is not good',
  ).toMatchObject({ ok: false, value: null });
  expect(figure('virtual-users', undefined, { load: { ...load, interactivePerSecond: 0 } })).toBeUndefined();
});

test('requests without an answer are counted; the generator is doubted where it could not open a connection', () => {
  const failed = (code: string) =>
    figure('socket-errors', (recorder) =>
      recorder.gauge(
        'http_reqs',
        { kind: 'interactive', phase: 'steady', status: '0', outcome: 'error', error_code: code },
        flat(1),
      ),
    );
  expect(figure('socket-errors')).toMatchObject({ ok: true, value: 0, note: 'none' });
  expect(failed('1212')).toMatchObject({ ok: true, note: expect.stringMatching(/1212 × \d+, of the service/) });
  expect(failed('1503')).toMatchObject({ value: 0 });
  expect(failed('1202')).toMatchObject({ ok: false, note: expect.stringContaining('generator’s own machine') });
});

test('a generator that waits for a core is doubted', () => {
  const waiting = (seconds: number) =>
    figure('generator-wait', (recorder) =>
      recorder.counter('process.run_wait_seconds', { component: 'load', instance: '1' }, flat(seconds)),
    );
  expect(waiting(0.05)).toMatchObject({ ok: true, unit: 'ms' });
  expect(waiting(1.5)).toMatchObject({ ok: false });
  expect(
    figure('generator-wait', (recorder) => recorder.remove('http_reqs')),
    'too few requests to say it of one',
  ).toBeUndefined();
  expect(
    figure('generator-wait', (recorder) => recorder.remove('process.run_wait_seconds', { component: 'load' })),
  ).toMatchObject({ ok: false, value: null });
});

test('what setup and teardown sent is counted apart', () => {
  expect(figure('around-load', () => undefined)).toBeUndefined();
  const apart = figure('around-load', (recorder) => {
    recorder.gauge('http_reqs', { phase: 'setup', status: '200', outcome: 'ok' }, (second) => (second === 1 ? 2 : 0));
    recorder.gauge('http_reqs', { phase: 'teardown', status: '200' }, (second) => (second === 60 ? 1 : 0));
  });
  expect(apart).toMatchObject({ value: 3, note: expect.stringContaining('2 by setup, 1 by teardown') });
});

test('names of requests that are counted together are named', () => {
  const words = '8,980 more names of requests are counted together: set the name tag';
  expect(figure('request-names', (recorder) => recorder.source('request-names', true, words))).toMatchObject({
    ok: true,
    note: words,
  });
});
