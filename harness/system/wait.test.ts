import { expect, test } from 'vitest';
import { waitUntil } from './wait.ts';

test('gives back the first truthy answer', async () => {
  let calls = 0;
  expect(
    await waitUntil('the third call', () => ((calls += 1) === 3 ? 'there' : null), { limitMs: 1000, everyMs: 1 }),
  ).toBe('there');
});

test('the error names what, the limit and the last failure', async () => {
  const refused = (): never => {
    throw new Error('connection refused\nat somewhere');
  };
  await expect(waitUntil('Postgres serves', refused, { limitMs: 60, everyMs: 10 })).rejects.toThrow(
    'Postgres serves not within 0.06 s (last: connection refused)',
  );
});

test('a check that hangs is given up at the limit', async () => {
  const before = performance.now();
  await expect(waitUntil('an answer', () => new Promise<boolean>(() => undefined), { limitMs: 100 })).rejects.toThrow(
    'an answer not within 0.1 s',
  );
  expect(performance.now() - before).toBeLessThan(1000);
});
