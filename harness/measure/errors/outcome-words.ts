import type { Outcome } from './signature.ts';

/** What each outcome means, in words for people. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  'not-executed': 'the statement never ran: safe to retry',
  'rolled-back': 'the statement or its transaction was undone: safe to retry the whole transaction',
  unknown: 'it may have run and committed: look before repeating, or repeat with the same idempotency key',
  ran: 'the statement ran',
};
