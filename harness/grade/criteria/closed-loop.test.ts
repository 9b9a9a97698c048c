import { describe, expect, test } from 'vitest';
import type { ScriptLoad } from '../../result.ts';
import { phase } from '../fixtures/healthy-run.ts';
import { judge, nothingSeen } from '../fixtures/judge.ts';
import { durations, type Recorder } from '../fixtures/recorder.ts';
import { flat } from '../fixtures/shapes.ts';

const script: ScriptLoad = {
  seconds: 30,
  users: 5,
  perSecond: null,
  closed: true,
  aborting: [],
  systemTags: [],
  trendStats: [],
};

/** Five users, four hundred answers a second, but for so many seconds from second 14 on. */
const stalledFor =
  (seconds: number) =>
  (recorder: Recorder): void => {
    const isSilent = (second: number): boolean => second > 14 && second < 14 + seconds;
    const labels = { phase: 'load', status: '200' };
    const resumed = Math.ceil(14 + seconds);
    recorder.remove('http_reqs').remove('http_req_duration').remove('vus');
    recorder.gauge('vus', {}, flat(5)).gauge('http_reqs', labels, (second) => (isSilent(second) ? 0 : 400));
    recorder.histogram('http_req_duration', labels, (second) => {
      if (isSilent(second)) return [];
      return second === resumed ? [seconds * 1000, ...durations(50, 5, second)] : durations(50, 5, second);
    });
  };

const judged = (change: (recorder: Recorder) => unknown, load: Partial<ScriptLoad> = {}, seconds = 30) =>
  judge('closed-loop', change, {
    phases: [phase('load', 'steady', 0, seconds)],
    load: { interactivePerSecond: 0, script: { ...script, ...load } },
  });

describe('users in a loop', () => {
  test('answers all the time are met', () => {
    expect(judged(stalledFor(0))).toMatchObject({ verdict: 'pass', value: 0 });
  });

  test.each([30, 150])('a stall of 4.5 s in %i s leaves percentiles unknown, and says what was not sent', (seconds) => {
    expect(judged(stalledFor(4.5), {}, seconds)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(
        /^nobody was answered from 14\.0 to 18\.5 s \(closed loop: 5 users waited; .* some 1,800 .*constant-arrival-rate/,
      ),
    });
  });

  test('a short one is a warning', () => {
    expect(judged(stalledFor(1.2)).verdict).toBe('warn');
    expect(judged(stalledFor(1.2), {}, 150).verdict).toBe('warn');
  });

  test('is none where every answer takes so long: percentiles show that', () => {
    const slow = (recorder: Recorder): void => {
      const inTheirTime = (second: number): boolean => second % 8 === 0;
      const labels = { phase: 'load', status: '200' };
      recorder.remove('http_reqs').remove('http_req_duration').remove('vus');
      recorder.gauge('vus', {}, flat(5)).gauge('http_reqs', labels, (second) => (inTheirTime(second) ? 5 : 0));
      recorder.histogram('http_req_duration', labels, (second) =>
        inTheirTime(second) ? [8000, 8000, 8000, 8000, 8000] : [],
      );
    };
    expect(judged(slow, {}, 120).verdict).toBe('pass');
  });

  test('a long one fails; of a service that nobody declared a bound for, its percentiles are not known', () => {
    expect(judged(stalledFor(9)).verdict).toBe('fail');
    const ofTheirs = judge('closed-loop', stalledFor(9), {
      phases: [phase('load', 'steady', 0, 30)],
      load: { interactivePerSecond: 0, script },
      isForeign: true,
      stackSpec: null,
    });
    expect(ofTheirs.verdict).toBe('inconclusive');
  });

  test('users that sleep between their requests are no silence', () => {
    const sleepy = (recorder: Recorder): void => {
      recorder.remove('http_reqs').remove('http_req_duration');
      const every = (second: number): boolean => second % 10 === 0;
      recorder.gauge('http_reqs', { phase: 'load', status: '200' }, (second) => (every(second) ? 1 : 0));
      recorder.histogram('http_req_duration', { phase: 'load', status: '200' }, (second) =>
        every(second) ? [20] : [],
      );
    };
    expect(judged(sleepy).verdict).toBe('pass');
  });
});

test('arrivals do not wait, and scenarios of ours are judged otherwise', () => {
  expect(judged(stalledFor(4.5), { closed: false }).verdict).toBe('notApplicable');
  expect(judge('closed-loop').verdict).toBe('notApplicable');
});

test('without a request seen nothing is known', () => {
  expect(judged(nothingSeen).verdict).toBe('inconclusive');
});
