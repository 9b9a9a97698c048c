import { expect, test } from 'vitest';
import { Abandon } from './app-pool.ts';
import { DatabaseFailure, type Family, type Outcome } from './errors.ts';
import { Refusal } from './http/answers.ts';
import { Replay } from './http/writes.ts';
import { ClaimLost } from './queue/complete.ts';
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
  const { work, tries } = failing([
    ['connection-lost', 'rolled-back'],
    ['server-restart', 'not-executed'],
  ]);
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
  const { work } = failing([
    ['connection-lost', 'unknown'],
    ['connect-refused', 'not-executed'],
    ['connect-refused', 'not-executed'],
  ]);
  await expect(withRetries(2, 1, work)).rejects.toMatchObject({ outcome: 'unknown', family: 'connection-lost' });
});

test('a refusal after it does not make it known: the earlier attempt may have committed', async () => {
  const lost = new DatabaseFailure('the answer to COMMIT was lost', 'connection-lost', 'unknown', null, null);
  for (const later of [new Refusal(429, 'too-many-jobs', 'full'), new Abandon('given up'), new TypeError('a bug')]) {
    const thrown = [lost, later];
    await expect(withRetries(2, 1, () => Promise.reject(thrown.shift()!))).rejects.toBe(lost);
    await expect(
      withRetries(2, 1, () => Promise.reject(later)),
      'alone it is what it is',
    ).rejects.toBe(later);
  }
});

test('what has read the truth is believed', async () => {
  const lost = new DatabaseFailure('the answer to COMMIT was lost', 'connection-lost', 'unknown', null, null);
  for (const truth of [new Replay({ status: 200, body: {} }), new ClaimLost('another has it')]) {
    const thrown = [lost, truth];
    await expect(withRetries(2, 1, () => Promise.reject(thrown.shift()!))).rejects.toBe(truth);
  }
});
