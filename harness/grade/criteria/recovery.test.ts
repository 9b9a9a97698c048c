import { expect, test } from 'vitest';
import { flat } from '../fixtures/shapes.ts';
import { judge } from '../fixtures/judge.ts';
import {
  answeredOnly,
  brokenPhases,
  fault,
  heard,
  judgeBroken,
  requests,
  slowAt,
  type Change,
} from '../fixtures/broken-run.ts';
import type { JudgedEntry } from '../criterion.ts';

test('stable is after the last failed or slow request, against the bound', () => {
  expect(judgeBroken('recovery', heard)).toMatchObject({ verdict: 'pass', value: 0 });
  expect(
    judgeBroken('recovery', (recorder) =>
      requests(heard(recorder), '503', (second) => (second > 70 && second <= 79 ? 5 : 0)),
    ),
  ).toMatchObject({ verdict: 'pass', value: 5 });
  expect(
    judgeBroken('recovery', (recorder) =>
      requests(heard(recorder), '503', (second) => (second > 70 && second <= 90 ? 5 : 0)),
    ),
  ).toMatchObject({ verdict: 'fail', value: 16 });
  expect(judgeBroken('recovery', slowAt(80))).toMatchObject({
    verdict: 'pass',
    value: 6,
    evidence: [{ atMs: 80_000 }],
  });
  expect(judgeBroken('recovery', slowAt(95))).toMatchObject({ verdict: 'fail', value: 21 });
});

test('fine for three seconds, then everything hangs: silence is no recovery', () => {
  const hangs = answeredOnly((second) => (second <= 77 ? 20 : 0));
  expect(judgeBroken('recovery', hangs)).toMatchObject({
    verdict: 'fail',
    value: 46,
    reason: expect.stringContaining('0 requests were answered in 2 s, at least 20 are needed'),
  });
  expect(judgeBroken('recovery', hangs).reason).toContain('never recovered');
});

test('a stall in the middle is the last bad observation, its last window the time to stable', () => {
  expect(
    judgeBroken(
      'recovery',
      answeredOnly((second) => (second > 78 && second <= 82 ? 0 : 20)),
    ),
  ).toMatchObject({ verdict: 'pass', value: 6 });
  expect(
    judgeBroken(
      'recovery',
      answeredOnly((second) => (second > 90 && second <= 94 ? 2 : 20)),
    ),
  ).toMatchObject({ verdict: 'fail', value: 18, reason: expect.stringContaining('stable 18.0 s') });
  expect(
    judgeBroken(
      'recovery',
      answeredOnly((second) => (second % 2 === 0 ? 10 : 30)),
    ).verdict,
  ).toBe('pass');
});

test('requests that are refused were not answered', () => {
  expect(
    judgeBroken('recovery', (recorder) => {
      answeredOnly((second) => (second <= 80 ? 20 : 0))(recorder);
      requests(recorder, '429', (second) => (second > 80 ? 20 : 0));
    }),
  ).toMatchObject({ verdict: 'fail', value: 46 });
});

test('what was sent in the load and failed after it counts', () => {
  expect(
    judgeBroken('recovery', (recorder) =>
      heard(recorder).gauge('http_reqs', { phase: 'recovery', kind: 'interactive', status: '0' }, (second) =>
        second === 129 ? 40 : 0,
      ),
    ),
  ).toMatchObject({ verdict: 'fail', value: 55, reason: expect.stringContaining('never recovered') });
  expect(judgeBroken('recovery', slowAt(122))).toMatchObject({ verdict: 'fail', value: 48 });
});

test("a job's few requests do not stand in for those of people; where none are offered they suffice", () => {
  const onlyJobs: Change = (recorder) => heard(recorder).remove('http_reqs', { kind: 'interactive' });
  expect(judgeBroken('recovery', onlyJobs).verdict).toBe('fail');
  expect(judgeBroken('recovery', onlyJobs, { load: { interactivePerSecond: 0 } }).verdict).toBe('pass');
});

test('unknown where k6 fell silent, the load ended too soon, or nothing was injected', () => {
  const gone: Change = (recorder) => {
    for (const name of ['http_reqs', 'vus']) recorder.remove(name);
    recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '200' }, flat(20), 90);
  };
  expect(judgeBroken('recovery', gone)).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('nothing was heard of k6 from 90.0 s'),
  });
  const until = (endMs: number): Partial<JudgedEntry> => ({
    phases: [...brokenPhases.slice(0, 3), { ...brokenPhases[3]!, startMs: 74_000, endMs }],
  });
  expect(judgeBroken('recovery', heard, until(75_500))).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('too short'),
  });
  expect(judgeBroken('recovery', heard, until(73_000)).verdict).toBe('inconclusive');
  expect(
    judgeBroken('recovery', heard, { faults: [{ ...fault, injectedAtMs: null, revertedAtMs: null }], steps: [] })
      .verdict,
  ).toBe('inconclusive');
  expect(judgeBroken('recovery', (recorder) => recorder.remove('http_reqs')).verdict).toBe('inconclusive');
});

test('without a fault there is nothing to say', () => {
  expect(judge('recovery').verdict).toBe('notApplicable');
});
