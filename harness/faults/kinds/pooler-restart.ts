import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError } from '../../errors.ts';
import { endAndStart } from '../end-and-start.ts';
import type { Fault } from '../fault.ts';
import { ask, componentOf, serves } from '../parts.ts';
import { immediateSignal } from '../../servers/pgbouncer/versions.ts';

/** A transaction that its client leaves open keeps an orderly end waiting for ever. */
const orderlyLimitMs = 5000;
const immediateLimitMs = 5000;

const goneWithin = async (limitMs: number, isGone: () => boolean): Promise<boolean> => {
  const deadline = performance.now() + limitMs;
  while (!isGone() && performance.now() < deadline) await sleep(20);
  return isGone();
};

/**
 * An orderly restart. Until 1.22 SIGINT lets running queries end and SIGTERM does not; from 1.23 SIGINT waits for
 * servers, SIGTERM for all clients, which under persistent pools never ends (pgbouncer#1473): SIGINT fits both. What has
 * not ended after five seconds is ended by the signal that, in its version, ends at once; the result says so.
 */
export const fault: Fault = {
  id: 'pooler-restart',
  title: 'Pooler restarted',
  colour: '#c2571a',
  resolve: async (context) => {
    const adminUrl = context.stack.poolers[0]?.adminUrl ?? '';
    const pooler = componentOf(context, 'pooler');
    let version = '';
    return endAndStart(context, pooler, {
      target: 'pooler 0',
      signal: async () => {
        version = (await ask<{ version: string }>(adminUrl, 'SHOW VERSION'))[0]?.version ?? '';
        return 'SIGINT';
      },
      untilEnded: async (isGone) => {
        if (await goneWithin(orderlyLimitMs, isGone)) return undefined;
        const hard = immediateSignal(version);
        await pooler.kill(hard);
        const waited = `${version} did not end within ${orderlyLimitMs / 1000} s of SIGINT, as where a transaction stays open`;
        if (await goneWithin(immediateLimitMs, isGone)) return `${waited}: ended by ${hard}`;
        throw environmentError(`${waited}, nor within ${immediateLimitMs / 1000} s of ${hard}`);
      },
      serves: () => serves(context.stack.serviceUrl('pooler', 'app')),
    });
  },
};
