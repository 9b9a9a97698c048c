import type { Checker } from '../checker.ts';
import { keysWith, operationsOf, rowsByKey, writtenTables } from '../writes.ts';

/** Sizes what nobody knows: a write of unknown outcome is there or not, and neither is an error. */
export const checker: Checker = {
  id: 'recovered-writes',
  title: 'Writes of unknown outcome that are there (counted, no error)',
  invariant: 'I3',
  readsLedger: true,
  async check(context) {
    let unknown = 0;
    let recovered = 0;
    for (const table of writtenTables) {
      const keys = [...keysWith(operationsOf(context, table), 'unknown')];
      unknown += keys.length;
      recovered += keys.length === 0 ? 0 : (await rowsByKey(context, table, keys)).size;
    }
    return {
      examined: context.ledger.operations.length,
      violations: 0,
      examples: [],
      reason:
        unknown === 0 ? 'no outcome was unknown' : `${recovered} of ${unknown} writes of unknown outcome are there`,
      counts: { unknown, recovered },
    };
  },
};
