/** The criteria that judge a fault: each passes, fails and does not know. The load of the fixture, a fault at 70 s, mended at 74 s. */
import { describe, expect, test } from 'vitest';
import type { CriterionResult } from '../result.ts';
import { durations, flat, healthyRecorder, judge, phases as all, type Judge, type Recorder } from './fixtures.ts';

const phases = all.slice(0, 4);
const fault = {
  id: 'x',
  title: 'X',
  target: 't',
  injectedAtMs: 70_500,
  revertedAtMs: 74_000,
  bite: 'bit' as const,
  revertProved: true,
};
const broken: Partial<Judge> = {
  phases,
  faults: [fault],
  steps: [{ do: 'inject', title: 'fault x', atMs: 70_000, endMs: 74_500, ok: true }],
  teardownMs: 124_000,
  expectation: { allowedErrors: ['connection-lost'], recoverySeconds: 8, floors: [] },
};
type Change = (recorder: Recorder) => unknown;
const judged = (id: string, change: Change = () => undefined, changed: Partial<Judge> = {}): CriterionResult =>
  judge(id, change, { ...broken, ...changed });

/** k6 is heard from once a second. */
const heard = (recorder: Recorder, until = 155): Recorder => recorder.gauge('vus', {}, flat(20), until);
const phaseAt = (second: number): string =>
  phases.find(({ startMs, endMs }) => second * 1000 > startMs && second * 1000 <= endMs)?.name ?? 'recovery';
/** Interactive requests that ended so, by the second; in place of the healthy ones where these are to stop. */
const requests = (recorder: Recorder, status: string, count: (second: number) => number): void => {
  for (const { name } of phases)
    recorder.gauge('http_reqs', { phase: name, kind: 'interactive', status }, (second) =>
      phaseAt(second) === name ? count(second) : 0,
    );
};
const answeredOnly =
  (count: (second: number) => number): Change =>
  (recorder) => {
    heard(recorder).remove('http_reqs', { kind: 'interactive' });
    requests(recorder, '200', count);
  };
const slowAt =
  (...seconds: number[]): Change =>
  (recorder) =>
    heard(recorder).histogram(
      'pgsurge_request_duration',
      { kind: 'interactive', phase: 'recovery', status: '200' },
      (second) => (seconds.includes(second) ? [3000] : durations(20, 20, second)),
    );

describe('recovery', () => {
  test('stable is after the last failed or slow request, against the bound', () => {
    expect(judged('recovery', heard)).toMatchObject({ verdict: 'pass', value: 0 });
    expect(
      judged('recovery', (recorder) =>
        requests(heard(recorder), '503', (second) => (second > 70 && second <= 79 ? 5 : 0)),
      ),
    ).toMatchObject({ verdict: 'pass', value: 5 });
    expect(
      judged('recovery', (recorder) =>
        requests(heard(recorder), '503', (second) => (second > 70 && second <= 90 ? 5 : 0)),
      ),
    ).toMatchObject({ verdict: 'fail', value: 16 });
    expect(judged('recovery', slowAt(80))).toMatchObject({ verdict: 'pass', value: 6, evidence: [{ atMs: 80_000 }] });
    expect(judged('recovery', slowAt(95))).toMatchObject({ verdict: 'fail', value: 21 });
  });

  test('fine for three seconds, then everything hangs: silence is no recovery', () => {
    const hangs = answeredOnly((second) => (second <= 77 ? 20 : 0));
    expect(judged('recovery', hangs)).toMatchObject({
      verdict: 'fail',
      value: 46,
      reason: expect.stringContaining('0 requests were answered in 2 s, at least 20 are needed'),
    });
    expect(judged('recovery', hangs).reason).toContain('never recovered');
  });

  test('a stall in the middle is the last bad observation, its last window the time to stable', () => {
    expect(
      judged(
        'recovery',
        answeredOnly((second) => (second > 78 && second <= 82 ? 0 : 20)),
      ),
    ).toMatchObject({ verdict: 'pass', value: 6 });
    expect(
      judged(
        'recovery',
        answeredOnly((second) => (second > 90 && second <= 94 ? 2 : 20)),
      ),
    ).toMatchObject({ verdict: 'fail', value: 18, reason: expect.stringContaining('stable 18.0 s') });
    expect(
      judged(
        'recovery',
        answeredOnly((second) => (second % 2 === 0 ? 10 : 30)),
      ).verdict,
    ).toBe('pass');
  });

  test('requests that are refused were not answered', () => {
    expect(
      judged('recovery', (recorder) => {
        answeredOnly((second) => (second <= 80 ? 20 : 0))(recorder);
        requests(recorder, '429', (second) => (second > 80 ? 20 : 0));
      }),
    ).toMatchObject({ verdict: 'fail', value: 46 });
  });

  test('what was sent in the load and failed after it counts', () => {
    expect(
      judged('recovery', (recorder) =>
        heard(recorder).gauge('http_reqs', { phase: 'recovery', kind: 'interactive', status: '0' }, (second) =>
          second === 129 ? 40 : 0,
        ),
      ),
    ).toMatchObject({ verdict: 'fail', value: 55, reason: expect.stringContaining('never recovered') });
    expect(judged('recovery', slowAt(122))).toMatchObject({ verdict: 'fail', value: 48 });
  });

  test("a job's few requests do not stand in for those of people; where none are offered they suffice", () => {
    const onlyJobs: Change = (recorder) => heard(recorder).remove('http_reqs', { kind: 'interactive' });
    expect(judged('recovery', onlyJobs).verdict).toBe('fail');
    expect(
      judged('recovery', onlyJobs, { load: { interactivePerSecond: 0, nominalJobsPerActiveJobMinute: null } }).verdict,
    ).toBe('pass');
  });

  test('unknown where k6 fell silent, the load ended too soon, or nothing was injected', () => {
    const gone: Change = (recorder) => {
      for (const name of ['http_reqs', 'vus']) recorder.remove(name);
      recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '200' }, flat(20), 90);
    };
    expect(judged('recovery', gone)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('nothing was heard of k6 from 90.0 s'),
    });
    const until = (endMs: number): Partial<Judge> => ({
      phases: [...phases.slice(0, 3), { ...phases[3]!, startMs: 74_000, endMs }],
    });
    expect(judged('recovery', heard, until(75_500))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('too short'),
    });
    expect(judged('recovery', heard, until(73_000)).verdict).toBe('inconclusive');
    expect(
      judged('recovery', heard, { faults: [{ ...fault, injectedAtMs: null, revertedAtMs: null }], steps: [] }).verdict,
    ).toBe('inconclusive');
    expect(judged('recovery', (recorder) => recorder.remove('http_reqs')).verdict).toBe('inconclusive');
  });
});

describe('allowed-errors', () => {
  const read: Change = (recorder) => recorder.source('service-log', true);
  const logged =
    (text: string, ...seconds: number[]): Change =>
    (recorder) => {
      read(recorder);
      for (const second of seconds) recorder.log('service', text, second * 1000);
    };
  const lost = 'ERROR GET /jobs: Connection terminated unexpectedly (connection-lost)';

  test('allowed families in their time, none else', () => {
    expect(judged('allowed-errors', read)).toMatchObject({ verdict: 'pass', value: 0, reason: 'seen: none' });
    expect(judged('allowed-errors', logged(lost, 70.1, 73, 81))).toMatchObject({
      verdict: 'pass',
      value: 0,
      count: 3,
      reason: 'seen: connection-lost 3',
    });
    expect(judged('allowed-errors', logged('ERROR GET /jobs: deadlock detected', 72))).toMatchObject({
      verdict: 'fail',
      value: 1,
      reason: expect.stringContaining('deadlock: ERROR GET /jobs'),
    });
  });

  test('before the injection, or later than all must be over, the fault explains nothing', () => {
    expect(judged('allowed-errors', logged(lost, 20, 72))).toMatchObject({
      verdict: 'fail',
      value: 1,
      reason: expect.stringContaining('connection-lost before the fault, at 20.0 s'),
    });
    expect(judged('allowed-errors', logged(lost, 72, 83, 100))).toMatchObject({
      verdict: 'fail',
      value: 2,
      reason: expect.stringContaining('after the 82.0 s by which all must be over, at 83.0 s'),
    });
    expect(judged('allowed-errors', logged(lost, 125)).verdict).toBe('pass');
  });

  test('what clients saw outside that time counts too, whatever the log says', () => {
    const failed =
      (from: number, until: number): Change =>
      (recorder) => {
        read(recorder);
        requests(recorder, '503', (second) => (second > from && second <= until ? 2 : 0));
      };
    expect(judged('allowed-errors', failed(70, 82)).verdict).toBe('pass');
    expect(judged('allowed-errors', failed(20, 22))).toMatchObject({
      verdict: 'fail',
      value: 4,
      reason: expect.stringContaining('clients before the fault, at 21.0 s: 4 times a request failed (status 503)'),
    });
    expect(judged('allowed-errors', failed(90, 91))).toMatchObject({
      verdict: 'fail',
      value: 2,
      evidence: [{ source: 'k6' }],
    });
    expect(judged('allowed-errors', failed(1, 3)).verdict).toBe('pass');
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
    expect(judged('allowed-errors', many(80)).verdict).toBe('pass');
    expect(judged('allowed-errors', many(100))).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('lines more than were kept'),
    });
  });

  test('a log that was not read is unknown, unless something was seen', () => {
    expect(judged('allowed-errors')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('was not read'),
    });
    expect(judged('allowed-errors', (recorder) => recorder.source('service-log', false, 'gone'))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('gone'),
    });
    expect(
      judged('allowed-errors', (recorder) =>
        recorder.source('service-log', false, 'gone').log('service', 'ERROR x: deadlock detected', 72_000),
      ).verdict,
    ).toBe('fail');
    expect(
      judged('allowed-errors', (recorder) => {
        read(recorder);
        recorder.remove('http_reqs');
      }).verdict,
    ).toBe('inconclusive');
    expect(judged('allowed-errors', read, { faults: [{ ...fault, injectedAtMs: null }] }).verdict).toBe('inconclusive');
  });
});

describe('steady-before', () => {
  test('a steady state is one, with a single slow answer too', () => {
    expect(judged('steady-before', heard)).toMatchObject({ verdict: 'pass', value: 0 });
    expect(
      judged('steady-before', (recorder) =>
        heard(recorder).histogram('pgsurge_request_duration', { phase: 'steady' }, (second) =>
          second === 40 ? [1500] : [20],
        ),
      ),
    ).toMatchObject({ verdict: 'pass', numerator: 1 });
  });

  test('one that is bad already leaves what the fault did unknown', () => {
    expect(
      judged('steady-before', (recorder) => requests(heard(recorder), '503', (second) => (second < 65 ? 4 : 0))),
    ).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('was not steady before the fault') });
    expect(
      judged('steady-before', (recorder) =>
        heard(recorder).histogram('pgsurge_request_duration', { phase: 'steady' }, () => [1500, 1500, 20]),
      ),
    ).toMatchObject({ verdict: 'inconclusive' });
    expect(
      judged(
        'steady-before',
        answeredOnly((second) => (second > 40 && second < 50 ? 0 : 20)),
      ),
    ).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('only 0 requests were answered') });
    expect(
      judged('steady-before', (recorder) => requests(heard(recorder), '503', (second) => (second > 70 ? 20 : 0)))
        .verdict,
    ).toBe('pass');
  });

  test('too little before the fault is unknown', () => {
    expect(judged('steady-before', heard, { faults: [{ ...fault, injectedAtMs: 5300 }], steps: [] })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('too few'),
    });
  });
});

test('the fixture without a fault says nothing of these', () => {
  for (const id of ['recovery', 'allowed-errors', 'steady-before'])
    expect(judge(id, () => healthyRecorder()).verdict).toBe('notApplicable');
});
