import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countOutcomes, readLedger } from './ledger.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-ledger-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const startEpochMs = 1_700_000_000_000;
const invoke = (key: string, atMs = 10): string =>
  JSON.stringify({ e: 'invoke', k: key, op: 'putNote', c: { tenant: 'tenant-1', body: 'x' }, t: startEpochMs + atMs });
const answer = (outcome: string, key: string, id: string | null = null, atMs = 20): string =>
  JSON.stringify({ e: outcome, k: key, id, s: 200, t: startEpochMs + atMs });
const read = (text: string) => {
  const file = path.join(folder, 'ledger.ndjson');
  writeFileSync(file, text);
  return readLedger(file, startEpochMs);
};

test("one operation holds what was asked, how it ended and when, in ms from the run's start", async () => {
  const ledger = await read(`{"e":"start","t":${startEpochMs}}\n${invoke('a')}\n${answer('ok', 'a', '7')}\n`);
  expect(ledger).toEqual({
    unreadable: 0,
    attempts: { putNote: 1 },
    operations: [
      {
        key: 'a',
        operation: 'putNote',
        content: { tenant: 'tenant-1', body: 'x' },
        invokedAtMs: 10,
        outcome: 'ok',
        id: '7',
        completedAtMs: 20,
      },
    ],
  });
});

describe('several attempts with one key are one operation of the best knowledge', () => {
  test.each<[string[], string]>([
    [['ok'], 'ok'],
    [['fail'], 'fail'],
    [['unknown'], 'unknown'],
    [['unknown', 'ok'], 'ok'],
    [['unknown', 'fail'], 'unknown'],
    [['fail', 'unknown'], 'unknown'],
    [['fail', 'fail'], 'fail'],
    [['fail', 'ok'], 'ok'],
    [['ok', 'unknown'], 'ok'],
    [['fail', 'never answered'], 'unknown'],
    [['ok', 'never answered'], 'ok'],
    [['never answered'], 'unknown'],
  ])('%j is %s', async (attempts, outcome) => {
    const lines = attempts.flatMap((attempt) =>
      attempt === 'never answered' ? [invoke('a')] : [invoke('a'), answer(attempt, 'a')],
    );
    const { operations } = await read(`${lines.join('\n')}\n`);
    expect(operations.map((operation) => operation.outcome)).toEqual([outcome]);
    expect(operations[0]!.completedAtMs === null).toBe(outcome === 'unknown');
  });
});

test('a line that a kill tore is counted, and what it answered stays unknown', async () => {
  const ledger = await read(`${invoke('a')}\n${answer('ok', 'a')}\n${invoke('b')}\n${answer('ok', 'b').slice(0, 20)}`);
  expect(ledger.unreadable).toBe(1);
  expect(countOutcomes(ledger)).toEqual({ invoked: 2, ok: 1, fail: 0, unknown: 1 });
});

test('an answer to what was never sent is damage, not data', async () => {
  const ledger = await read(`${answer('ok', 'a')}\n`);
  expect(ledger).toEqual({ operations: [], attempts: {}, unreadable: 1 });
});

test('a ledger that is not there is not an empty one', async () => {
  expect(await readLedger(path.join(folder, 'none.ndjson'), startEpochMs)).toEqual({ operations: [], unreadable: 1 });
});

test('every attempt is counted, also of one operation', async () => {
  const lines = [invoke('a'), answer('unknown', 'a'), invoke('a'), answer('ok', 'a'), invoke('b')];
  expect((await read(`${lines.join('\n')}\n`)).attempts).toEqual({ putNote: 3 });
});
