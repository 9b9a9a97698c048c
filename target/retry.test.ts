import { expect, test } from 'vitest';
import { DatabaseFailure, type Family, type Outcome } from './errors.ts';
import { withRetries } from './retry.ts';

const failing = (failures: [Family, Outcome][]): { tries: () => number; work: () => Promise<string> } => {
  let tries = 0;
  return {
    tries: () => tries,
    work: async () => {
      const failure = failures[tries];
      tries += 1;
      if (failure !== undefined) throw new DatabaseFailure('failed', failure[0], failure[1], null, null);
      return 'done';
    },
  };
};

test('what passes by itself is tried again', async () => {
  const { work, tries } = failing([['connection-lost', 'rolled-back'], ['server-restart', 'not-executed']]);
  expect(await withRetries(3, 1, work)).toBe('done');
  expect(tries()).toBe(3);
});

test('what does not pass is not', async () => {
  for (const family of ['pool-wait', 'sql'] as const) {
    const { work, tries } = failing([[family, 'not-executed']]);
    await expect(withRetries(3, 1, work)).rejects.toMatchObject({ family });
    expect(tries()).toBe(1);
  }
});

test('an outcome that was unknown once stays unknown', async () => {
  const { work } = failing([['connection-lost', 'unknown'], ['connect-refused', 'not-executed'], ['connect-refused', 'not-executed']]);
  await expect(withRetries(2, 1, work)).rejects.toMatchObject({ outcome: 'unknown', family: 'connection-lost' });
});
