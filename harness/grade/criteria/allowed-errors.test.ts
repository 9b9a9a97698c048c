import { expect, test } from 'vitest';
import { judge } from '../fixtures/judge.ts';
import { fault, judgeBroken, requests, type Change } from '../fixtures/broken-run.ts';

const read: Change = (recorder) => recorder.source('service-log', true);
const logged =
  (text: string, ...seconds: number[]): Change =>
  (recorder) => {
    read(recorder);
    for (const second of seconds) recorder.log('service', text, second * 1000);
  };
const lost = 'ERROR GET /jobs: Connection terminated unexpectedly (connection-lost)';

test('allowed families in their time, none else', () => {
  expect(judgeBroken('allowed-errors', read)).toMatchObject({ verdict: 'pass', value: 0, reason: 'seen: none' });
  expect(judgeBroken('allowed-errors', logged(lost, 70.1, 73, 81))).toMatchObject({
    verdict: 'pass',
    value: 0,
    count: 3,
    reason: 'seen: connection-lost 3',
  });
  expect(judgeBroken('allowed-errors', logged('ERROR GET /jobs: deadlock detected', 72))).toMatchObject({
    verdict: 'fail',
    value: 1,
    reason: expect.stringContaining('deadlock: ERROR GET /jobs'),
  });
});

test('before the injection, or later than all must be over, the fault explains nothing', () => {
  expect(judgeBroken('allowed-errors', logged(lost, 20, 72))).toMatchObject({
    verdict: 'fail',
    value: 1,
    reason: expect.stringContaining('connection-lost before the fault, at 20.0 s'),
  });
  expect(judgeBroken('allowed-errors', logged(lost, 72, 83, 100))).toMatchObject({
    verdict: 'fail',
    value: 2,
    reason: expect.stringContaining('after the 82.0 s by which all must be over, at 83.0 s'),
  });
  expect(judgeBroken('allowed-errors', logged(lost, 125)).verdict).toBe('pass');
});

test('between two faults, an error is late for the first: not before the second', () => {
  const second = { ...fault, injectedAtMs: 100_500, revertedAtMs: 104_000 };
  const step = { do: 'inject' as const, title: 'fault x', endMs: 74_500, ok: true };
  const both = {
    faults: [fault, second],
    steps: [
      { ...step, atMs: 70_000 },
      { ...step, atMs: 100_000, endMs: 104_500 },
    ],
  };
  expect(judgeBroken('allowed-errors', logged(lost, 72, 90, 102), both)).toMatchObject({
    verdict: 'fail',
    value: 1,
    reason: expect.stringContaining('after the 82.0 s by which all must be over, at 90.0 s'),
  });
});

test('what clients saw outside that time counts too, whatever the log says', () => {
  const failed =
    (from: number, until: number): Change =>
    (recorder) => {
      read(recorder);
      requests(recorder, '503', (second) => (second > from && second <= until ? 2 : 0));
    };
  expect(judgeBroken('allowed-errors', failed(70, 82)).verdict).toBe('pass');
  expect(judgeBroken('allowed-errors', failed(20, 22))).toMatchObject({
    verdict: 'fail',
    value: 4,
    reason: expect.stringContaining('clients before the fault, at 21.0 s: 4 times a request failed (status 503)'),
  });
  expect(judgeBroken('allowed-errors', failed(90, 91))).toMatchObject({
    verdict: 'fail',
    value: 2,
    evidence: [{ source: 'k6' }],
  });
  expect(judgeBroken('allowed-errors', failed(1, 3)).verdict).toBe('pass');
});

test('lines that were no longer kept are counted still', () => {
  const many =
    (until: number): Change =>
    (recorder) => {
      logged(lost, 72)(recorder);
      let total = 0;
      recorder.gauge(
        'service.log_errors',
        { instance: '1', family: 'connection-lost' },
        (second) => (total += second > 70 && second <= until ? 50 : 0),
      );
    };
  expect(judgeBroken('allowed-errors', many(80)).verdict).toBe('pass');
  expect(judgeBroken('allowed-errors', many(100))).toMatchObject({
    verdict: 'fail',
    value: 17 * 50,
    reason: expect.stringContaining('connection-lost after the 82.0 s by which all must be over, at 84.0 s'),
  });
});

test('a family that may not occur is counted as often as it did, not as often as its lines were kept', () => {
  const many: Change = (recorder) => {
    read(recorder);
    recorder.gauge('service.log_errors', { instance: '1', family: 'deadlock' }, (second) => (second > 71 ? 400 : 0));
    for (let kept = 0; kept < 300; kept += 1) recorder.log('service', 'ERROR GET /jobs: deadlock detected', 72_000);
  };
  expect(judgeBroken('allowed-errors', many)).toMatchObject({ verdict: 'fail', value: 400 });
});

test('a log of which hardly a line was understood is no log without errors', () => {
  const unread =
    (notUnderstood: number): Change =>
    (recorder) => {
      read(recorder);
      const labels = { component: 'service', instance: '1' };
      recorder.gauge('log.lines', { ...labels, kind: 'read' }, () => 100);
      recorder.gauge('log.lines', { ...labels, kind: 'not-understood' }, () => notUnderstood);
    };
  expect(judgeBroken('allowed-errors', unread(10)).verdict).toBe('pass');
  expect(judgeBroken('allowed-errors', unread(90))).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining("90 of 100 lines of the service's log were not understood"),
  });
});

test('a log that was not read is unknown, unless something was seen', () => {
  expect(judgeBroken('allowed-errors', (recorder) => (recorder.sources.length = 0))).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('was not read'),
  });
  expect(judgeBroken('allowed-errors', (recorder) => recorder.source('service-log', false, 'gone'))).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('gone'),
  });
  expect(
    judgeBroken('allowed-errors', (recorder) =>
      recorder.source('service-log', false, 'gone').log('service', 'ERROR x: deadlock detected', 72_000),
    ).verdict,
  ).toBe('fail');
  expect(
    judgeBroken('allowed-errors', (recorder) => {
      read(recorder);
      recorder.remove('http_reqs');
    }).verdict,
  ).toBe('inconclusive');
  expect(judgeBroken('allowed-errors', read, { faults: [{ ...fault, injectedAtMs: null }] }).verdict).toBe(
    'inconclusive',
  );
});

test('without a fault there is nothing to say', () => {
  expect(judge('allowed-errors').verdict).toBe('notApplicable');
});
