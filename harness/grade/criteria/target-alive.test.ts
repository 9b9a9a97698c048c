import { expect, test } from 'vitest';
import { flat } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { judge, nothingSeen, steadyRequests } from '../fixtures/judge.ts';

test('a dead service and a silence in the middle', () => {
  const dead = judge('target-alive', (recorder) =>
    recorder.remove('http_reqs').gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '0' }, flat(6693)),
  );
  expect(dead).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('dead'), count: 0 });
  const silent = (recorder: Recorder): void => {
    recorder
      .remove('http_reqs', { phase: 'steady' })
      .gauge('http_reqs', steadyRequests, (second) =>
        second > 5 && second <= 60 && !(second > 30 && second < 40) ? 20 : 0,
      );
  };
  expect(judge('target-alive', silent)).toMatchObject({ verdict: 'fail', value: 10 });
});

test('silences shorter than the bound are met', () => {
  const silentFor4 = (recorder: Recorder): unknown =>
    recorder
      .remove('http_reqs', { phase: 'steady' })
      .gauge('http_reqs', steadyRequests, (second) =>
        second > 5 && second <= 60 && !(second > 30 && second < 34) ? 20 : 0,
      );
  expect(judge('target-alive', silentFor4)).toMatchObject({ verdict: 'pass', value: 4 });
});

test('where no request was seen at all, nothing is known', () => {
  expect(judge('target-alive', nothingSeen).verdict).toBe('inconclusive');
});

/** Answered from second 5 to 60, but for ten seconds from second 30 on. */
const silentForTen = (recorder: Recorder): unknown =>
  recorder
    .remove('http_reqs')
    .gauge('http_reqs', steadyRequests, (second) =>
      second > 5 && second <= 120 && !(second > 30 && second < 40) ? 20 : 0,
    );
const theirs = { isForeign: true, stackSpec: null } as const;

test("how long a stranger's answers take is theirs to bound: a slow endpoint is warned, and told how to declare it", () => {
  expect(judge('target-alive', silentForTen, theirs)).toMatchObject({
    verdict: 'warn',
    value: 10,
    reason: expect.stringMatching(/nobody declared a bound .*"target-alive"/),
  });
  expect(judge('target-alive', silentForTen, theirs, { id: 'target-alive', value: 8 }).verdict).toBe('fail');
  expect(judge('target-alive', silentForTen, theirs, { id: 'target-alive', value: 12 }).verdict).toBe('pass');
});

test('a service that fails those who wait, or never answers, did not serve, whosever it is', () => {
  const failing = (recorder: Recorder): void => {
    silentForTen(recorder);
    recorder.gauge('http_reqs', { ...steadyRequests, status: '500', outcome: 'error' }, (second) =>
      second === 35 ? 3 : 0,
    );
  };
  expect(judge('target-alive', failing, theirs)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('requests failed, and none succeeded meanwhile'),
  });
  const dead = (recorder: Recorder): unknown =>
    recorder.remove('http_reqs').gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '0' }, flat(9));
  expect(judge('target-alive', dead, theirs)).toMatchObject({ verdict: 'fail', reason: expect.stringMatching(/dead/) });
});

test('a service that answers 404 to everything is there: that requests fail is said by goodput', () => {
  const answering = (status: string) => (recorder: Recorder) =>
    recorder
      .remove('http_reqs')
      .gauge('http_reqs', { phase: 'steady', kind: 'interactive', status, outcome: 'error' }, (second) =>
        second > 5 && second <= 120 ? 20 : 0,
      );
  expect(judge('target-alive', answering('404')).verdict).toBe('pass');
  expect(judge('goodput', answering('404')).verdict).toBe('fail');
  for (const status of ['0', '429', '500', '503'])
    expect(judge('target-alive', answering(status)).verdict, status).toBe('fail');
});
