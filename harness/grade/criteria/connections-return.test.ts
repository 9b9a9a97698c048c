import { expect, test } from 'vitest';
import { flat } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { seconds } from '../fixtures/healthy-run.ts';
import { judge, poolOf } from '../fixtures/judge.ts';

test('a leak shows in what stays in use after the load', () => {
  const used =
    (shape: (second: number) => number, until = seconds) =>
    (recorder: Recorder): void => {
      for (const one of ['1', '2'])
        recorder.gauge('db.client.connection.count', { ...poolOf(one), state: 'used' }, shape, until);
    };
  expect(
    judge(
      'connections-return',
      used((second) => (second > 150 ? 3 : 6)),
    ),
  ).toMatchObject({ verdict: 'fail', value: 6 });
  expect(
    judge(
      'connections-return',
      used((second) => (second > 150 ? second % 2 : 6)),
    ).verdict,
  ).toBe('pass');
  expect(judge('connections-return', used(flat(6), 150)).verdict).toBe('inconclusive');
  expect(
    judge(
      'connections-return',
      used((second) => (second > 150 ? 3 : 6)),
      { settings: { listenConnections: 'per-listener', outboxListeners: 3 } },
    ).verdict,
  ).toBe('pass');
});
