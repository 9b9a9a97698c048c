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
