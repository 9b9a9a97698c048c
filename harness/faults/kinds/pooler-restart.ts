import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, usageError } from '../../errors.ts';
import type { PoolerSignals } from '../../servers/pooler.ts';
import { poolerOf } from '../../servers/pooler-products.ts';
import type { Component } from '../../stack/stack.ts';
import { endAndStart } from '../end-and-start.ts';
import { defineFault } from '../fault.ts';
import { componentOf, consoleOf, serves } from '../parts.ts';

/** A transaction that its client leaves open keeps an orderly end waiting for ever. */
const orderlyLimitMs = 5000;
const immediateLimitMs = 5000;

const goneWithin = async (limitMs: number, isGone: () => boolean): Promise<boolean> => {
  const deadline = performance.now() + limitMs;
  while (!isGone() && performance.now() < deadline) await sleep(20);
  return isGone();
};

/** What had to be done beyond the orderly signal, in words; undefined: nothing. */
const untilEnded = async (
  pooler: Component,
  version: string,
  { orderly, immediate }: PoolerSignals,
  isGone: () => boolean,
): Promise<string | undefined> => {
  if (await goneWithin(orderlyLimitMs, isGone)) return undefined;
  await pooler.kill(immediate);
  const limit = `${orderlyLimitMs / 1000} s`;
  const waited = `${version} did not end within ${limit} of ${orderly}, as where a transaction stays open`;
  if (await goneWithin(immediateLimitMs, isGone)) return `${waited}: ended by ${immediate}`;
  throw environmentError(`${waited}, nor within ${immediateLimitMs / 1000} s of ${immediate}`);
};

/**
 * An orderly restart. Until 1.22 SIGINT lets running queries end and SIGTERM does not; from 1.23 SIGINT waits for
 * servers, SIGTERM for all clients, which under persistent pools never ends (pgbouncer#1473): SIGINT fits both. What
 * has not ended after five seconds is ended by the signal that, in its version, ends at once; the result says so.
 */
export const fault = defineFault({
  id: 'pooler-restart',
  title: 'Pooler restarted',
  options: {},
  resolve: async (context) => {
    const pooler = componentOf(context, 'pooler');
    const [first] = context.stack.poolers;
    if (first === undefined) throw usageError('there is no pooler to restart in this stack');
    const { signals } = poolerOf(first.product);
    let version = '';
    return endAndStart(context, pooler, {
      target: 'pooler 0',
      signal: async () => {
        version = await consoleOf(first).version();
        return signals(version).orderly;
      },
      untilEnded: (isGone) => untilEnded(pooler, version, signals(version), isGone),
      serves: () => serves(context.stack.serviceUrl('pooler', 'app')),
    });
  },
});
