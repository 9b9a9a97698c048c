/** What a checker may not conclude, whatever the database holds. */
import { expect, test } from 'vitest';
import type { Ledger, LedgerOperation } from '../load/ledger.ts';
import type { CheckResult } from '../result.ts';
import { runCheckers } from './check.ts';
import type { CheckContext, ReadQuery } from './checker.ts';
import { checker as acknowledgedWrites } from './checkers/acknowledged-writes.ts';

const writeOf = (operation: string, key: string, outcome: LedgerOperation['outcome']): LedgerOperation => ({
  key,
  operation,
  content: {},
  invokedAtMs: 0,
  outcome,
  id: outcome === 'ok' ? key : null,
  completedAtMs: outcome === 'unknown' ? null : 1,
});
const writes = (operation: string, count: number, outcome: LedgerOperation['outcome']): LedgerOperation[] =>
  Array.from({ length: count }, (_, index) => writeOf(operation, `${operation}-${index}`, outcome));

/** Every row that is asked for is there. */
const query = (async (_text: string, [keys]: [string[]]) =>
  keys.map((key) => ({ key, id: key }))) as unknown as ReadQuery;

const check = async (ledger: Ledger, sent?: CheckContext['sent']): Promise<CheckResult> => {
  const context = { ledger, query, unsettled: null, settings: {}, ...(sent === undefined ? {} : { sent }) };
  return (await runCheckers(context, [acknowledgedWrites]))[0]!;
};
const notes = writes('putNote', 3, 'ok');

test('three notes say nothing of 5,000 jobs of which none was acknowledged', async () => {
  for (const outcome of ['fail', 'unknown'] as const)
    expect(await check({ operations: [...notes, ...writes('createJob', 5000, outcome)], unreadable: 0 })).toMatchObject(
      {
        status: 'inconclusive',
        reason: 'none of 5,000 writes (createJob) was acknowledged, so nothing is known of them',
      },
    );
  const some = [...notes, ...writes('createJob', 5000, 'fail'), writeOf('createJob', 'job', 'ok')];
  expect((await check({ operations: some, unreadable: 0 })).status).toBe('ok');
  expect((await check({ operations: notes, unreadable: 0 })).status).toBe('ok');
});

test("a ledger whose counts are not k6's is none", async () => {
  const ledger = { operations: notes, attempts: { putNote: 3 }, unreadable: 0 };
  expect((await check(ledger, { putNote: 3, createJob: 0 })).status).toBe('ok');
  expect((await check(ledger, null)).status).toBe('ok');
  expect(await check(ledger, { putNote: 3, createJob: 5000 })).toMatchObject({
    status: 'inconclusive',
    reason: expect.stringMatching(/^the ledger holds 0 of 5,000 writes \(createJob\) that k6 counted/),
  });
  expect((await check(ledger, { putNote: 2 })).status).toBe('inconclusive');
});
