import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { profiles, scaledSeconds } from '../../profile/profiles.ts';
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

/** Smoke's phases, in which a burst ends at 80 s and the load at 88. */
const quick = {
  profile: { name: 'smoke', timeScale: 900 },
  phases: [...phases.slice(0, 3), phase('recovery', 'recovery', 80, 88)],
};
const request = { phase: 'recovery', kind: 'interactive', status: '200' };
const felt: Record<string, (untilSecond: number) => (recorder: Recorder) => unknown> = {
  'request of over 1 s': (until) => (recorder) =>
    recorder.histogram('pgsurge_request_duration', request, (second) =>
      durations(20, second > 80 && second <= until ? 3000 : 22, second),
    ),
  'failed request': (until) => (recorder) =>
    recorder.gauge('http_reqs', { ...request, status: '503', outcome: 'error' }, (second) =>
      second > 80 && second <= until ? 1 : 0,
    ),
  'task that began over 1 s late': (until) => (recorder) =>
    recorder.histogram('pgsurge.task.due_to_start', { 'service.instance': '1' }, (second) =>
      durations(7, second > 60 && second <= until ? 9 : 0.03, second),
    ),
  'backlog of pending tasks': (until) => (recorder) =>
    recorder.gauge('tasks', { 'service.instance': '1', state: 'pending' }, (second) =>
      second > 60 && second <= until ? 80 : 1,
    ),
};

// The rule changed: transactions were quick all the time here, which is all that was looked at.
test.each(Object.keys(felt))('what a person feels counts, not only transactions: %s', (words) => {
  expect(judge('burst-recovery', felt[words]!(83), quick)).toMatchObject({
    verdict: 'pass',
    value: 3,
    reason: expect.stringContaining(words),
  });
  expect(judge('burst-recovery', felt[words]!(87), quick)).toMatchObject({ verdict: 'fail', value: 7 });
  expect(judge('burst-recovery', felt[words]!(400), quick)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('never recovered'),
  });
});

test('what was not seen after the burst is no recovery', () => {
  for (const name of ['pgsurge_request_duration', 'tasks', 'pgsurge.transaction.duration'])
    expect(judge('burst-recovery', (recorder) => recorder.remove(name), quick).verdict, name).toBe('inconclusive');
});

test('the recovery of every burst that is declared lasts longer than its bound, in every profile', () => {
  const folder = new URL('../../../scenarios/matrix/', import.meta.url);
  const declared = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const bursts = declared.filter((text) => text.includes("kind: 'burst'"));
  expect(bursts.length).toBeGreaterThan(0);
  for (const text of bursts) {
    const found = /kind: 'recovery', fullSeconds: (\d+), floorSeconds: (\d+)/.exec(text);
    const [fullSeconds, floorSeconds] = [Number(found?.[1]), Number(found?.[2])];
    for (const profile of Object.values(profiles)) {
      const { bounds } = judge('burst-recovery', undefined, { profile: { ...profile, timeScale: profile.factor } });
      expect(scaledSeconds(fullSeconds, floorSeconds, profile)).toBeGreaterThan(bounds[0]!.value);
    }
  }
});

test('without a burst it does not apply', () => {
  expect(judge('burst-recovery', undefined, { phases: [phase('steady', 'steady', 0, 60)] }).verdict).toBe(
    'notApplicable',
  );
});

describe("a team's own journey", () => {
  /** The burst is felt until that second, by answers of so many ms. */
  const journey =
    (untilSecond: number, { usualMs = 20, slowMs = 3000 } = {}) =>
    (recorder: Recorder): void => {
      for (const name of ['pgsurge_request_duration', 'pgsurge.transaction.duration', 'tasks']) recorder.remove(name);
      recorder.remove('http_req_duration');
      for (const { name, startMs, endMs } of quick.phases)
        recorder.histogram('http_req_duration', { phase: name, kind: 'interactive', status: '200' }, (second) => {
          if (second * 1000 <= startMs || second * 1000 > endMs) return [];
          return durations(20, second > 60 && second <= untilSecond ? slowMs : usualMs, second);
        });
    };
  const withoutJobs = quick.phases.map((one) => ({ ...one, activeJobs: 0 }));
  const theirs = { ...quick, phases: withoutJobs, isForeign: true, load: { interactivePerSecond: 0 } };
  const declared = { id: 'burst-recovery', value: 600 };

  test('is judged by its requests alone: nothing of it but them is known', () => {
    expect(judge('burst-recovery', journey(83), theirs, declared)).toMatchObject({ verdict: 'pass', value: 3 });
    expect(judge('burst-recovery', journey(87), theirs, declared)).toMatchObject({ verdict: 'fail', value: 7 });
    expect(judge('burst-recovery', journey(400), theirs, declared)).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('never recovered'),
    });
  });

  test('a bound that they did not declare warns', () => {
    expect(judge('burst-recovery', journey(87), theirs)).toMatchObject({
      verdict: 'warn',
      reason: expect.stringContaining('nobody declared a bound'),
    });
  });

  test('slow is what is slow for them: twice what they took before the burst', () => {
    const report = { usualMs: 2000, slowMs: 2000 };
    expect(judge('burst-recovery', journey(87, report), theirs, declared)).toMatchObject({ verdict: 'pass', value: 0 });
    const slower = { usualMs: 2000, slowMs: 30_000 };
    expect(judge('burst-recovery', journey(87, slower), theirs, declared).verdict).toBe('fail');
  });

  test('silence after the burst is no recovery, and a row without a burst has none', () => {
    const silent = (recorder: Recorder): unknown => {
      journey(60)(recorder);
      return recorder.remove('http_req_duration', { phase: 'recovery' });
    };
    expect(judge('burst-recovery', silent, theirs, declared).verdict).toBe('inconclusive');
    const flat = { ...theirs, phases: withoutJobs.slice(0, 2) };
    expect(judge('burst-recovery', journey(60), flat, declared).verdict).toBe('notApplicable');
  });
});
