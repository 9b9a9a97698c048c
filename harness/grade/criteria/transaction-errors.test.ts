import { expect, test } from 'vitest';
import { spike } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { judge } from '../fixtures/judge.ts';

const failing =
  (count: number) =>
  (recorder: Recorder): unknown =>
    recorder.gauge('pgsurge.transactions', { 'service.instance': '1', outcome: 'failed', name: 'claim' }, (second) =>
      second === 30 ? count : 0,
    );
test('two of thousands is not none, and passes; one in a hundred fails', () => {
  const few = judge('transaction-errors', failing(2));
  expect(few).toMatchObject({ verdict: 'pass', numerator: 2 });
  expect(few.value).toBeGreaterThan(0);
  expect(few.reason).toContain('2 of 9,202');
  expect(judge('transaction-errors', failing(120)).verdict).toBe('fail');
});

test('in the warm-up they do not count', () => {
  expect(
    judge('transaction-errors', (recorder) =>
      recorder.gauge(
        'pgsurge.transactions',
        { 'service.instance': '1', outcome: 'failed', name: 'claim' },
        spike(0, 500, 3),
      ),
    ),
  ).toMatchObject({ verdict: 'pass', numerator: 0 });
});

test('too few transactions are inconclusive, with the count', () => {
  const few = judge('transaction-errors', (recorder) =>
    recorder.remove('pgsurge.transactions').gauge('pgsurge.transactions', { outcome: 'ok' }, spike(0, 30, 30)),
  );
  expect(few).toMatchObject({ verdict: 'inconclusive', count: 30 });
});
