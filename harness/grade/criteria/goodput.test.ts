import { expect, test } from 'vitest';
import { flat } from '../fixtures/shapes.ts';
import { failedRequests, judge, nothingSeen } from '../fixtures/judge.ts';

test('failing fast: goodput', () => {
  expect(judge('goodput', failedRequests(207)).verdict).toBe('fail');
  expect(
    judge('goodput', (recorder) =>
      recorder.gauge(
        'http_reqs',
        { phase: 'steady', kind: 'interactive', status: '429', outcome: 'refused' },
        flat(200),
      ),
    ),
  ).toMatchObject({ verdict: 'pass', reason: expect.stringContaining('refused') });
});

test('where no request was seen, nothing is known', () => {
  expect(judge('goodput', nothingSeen).verdict).toBe('inconclusive');
});
