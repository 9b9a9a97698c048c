/**
 * Settings of the memo queue of seed 004: how many handlers run, and what they hold while they wait for an AI's
 * answer.
 */
import { choice, number, onOff } from '../setting-types.ts';

export const memo = {
  memoQueue: onOff(false, {
    says: 'A note that is written becomes a message, whose handler asks two AI models (004).',
  }),
  memoMaxConcurrency: number(1, {
    min: 1,
    says: 'Ticks of the memo queue in parallel (004: maxConcurrency, 2 before, 1 after).',
  }),
  memoTokenBatchSize: number(3, { min: 1, says: 'Tokens of a tick (004: tokenBatchSize, 10 before, 3 after).' }),
  memoProcessingConcurrency: number(3, {
    min: 1,
    says: 'Messages of a token at once (004: processingConcurrency, 5 before, 3 after).',
  }),
  memoHold: choice('nothing', ['nothing', 'transaction'], {
    says: 'What a handler holds during its AI calls: no connection, or its transaction (004 issue 1).',
  }),
  memoBackpressure: onOff(false, {
    says:
      'Fewer memo handlers where more than 80 % of the app pool is in use, more where less than 50 % is ' +
      '(004 issue 2).',
  }),
  memoPollMs: number(500, { min: 10, says: 'How often each tick of the memo queue looks for messages.' }),
};
