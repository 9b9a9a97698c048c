/**
 * Work that holds one connection of the app pool and waits for a second one: with all holders waiting, none goes on.
 */
import { formatCount, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { seconds } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

interface Stall {
  connections: number;
  /** More that waited in the database for what those had locked. */
  locked: number;
  stalls: number;
  /** How long they lasted, in words. */
  lasting: string;
  atMs: number;
  source: string;
}

const byTap = ({ taps }: Seen): Stall | null => {
  for (const { deadlocks, seesAll } of taps) {
    // One that passed unread may be at work.
    if (deadlocks.length === 0 || !seesAll) continue;
    return {
      connections: Math.max(...deadlocks.map(({ connections }) => connections)),
      locked: 0,
      stalls: deadlocks.length,
      lasting: `${seconds(deadlocks.reduce((total, one) => total + (one.untilMs - one.fromMs) / 1000, 0))} in all`,
      atMs: deadlocks[0]!.fromMs,
      source: 'the tap',
    };
  }
  return null;
};

/** Shorter, it may be a moment between two statements of all. */
const stallMs = 2000;

/** Sessions at work, of which those that wait for a lock are none: their holder is one of those that wait. */
const workingOf = ({ sessions }: Seen): Map<number, number> => {
  const locked = new Map<number, number>();
  const waiting = sessions.waiting('Lock').samples;
  for (const [index, at] of waiting.tMs.entries()) locked.set(at, waiting.values[index]!);
  const { tMs, values } = sessions.active.samples;
  return new Map(tMs.map((at, index) => [at, Math.max(0, values[index]! - (locked.get(at) ?? 0))]));
};

/** Stretches of looks in which no session worked and the same ones, at least two, sat idle in transaction. */
const byDatabase = (seen: Seen): Stall | null => {
  const { tMs, values } = seen.sessions.idleInTransaction.samples;
  const working = workingOf(seen);
  const isStuck = (index: number): boolean =>
    values[index]! >= 2 && working.get(tMs[index]!) === 0 && (index === 0 || values[index] === values[index - 1]);
  let [start, stalls] = [0, 0];
  let longest = { fromMs: 0, untilMs: 0, connections: 0 };
  for (let index = 1; index < values.length; index += 1) {
    if (!isStuck(index)) start = index;
    const lasting = tMs[index]! - tMs[start]!;
    if (lasting >= stallMs && tMs[index - 1]! - tMs[start]! < stallMs) stalls += 1;
    if (lasting > longest.untilMs - longest.fromMs)
      longest = { fromMs: tMs[start]!, untilMs: tMs[index]!, connections: values[index]! };
  }
  if (stalls === 0) return null;
  const { fromMs, untilMs, connections } = longest;
  return {
    connections,
    locked: seen.sessions.waiting('Lock').at(untilMs - 1),
    stalls,
    lasting: `the longest for ${seconds((untilMs - fromMs) / 1000)}`,
    atMs: fromMs,
    source: 'pg_stat_activity',
  };
};

const fewestUndone = 3;

/** Who holds a connection for a long call ends well; who waits for a second one gives up. */
const givesUp = ({ taps, requests, levels, errors }: Seen): boolean => {
  const [tapped] = taps;
  const rolledBack = levels.growth('postgres.rollbacks');
  const undone = tapped?.statementsOf('ROLLBACK').count ?? rolledBack;
  const done = tapped?.statementsOf('COMMIT').count ?? 0;
  const isUndone = undone > 0 && (tapped === undefined ? undone >= requests.served : undone > done);
  // Nothing runs meanwhile, so what is timed out in bare words ("context deadline exceeded") is no statement.
  const waits = errors.count('pool-wait', 'client-timeout');
  // Work that no request waits for gives up as well, and is tried again.
  if (waits > 0 && rolledBack >= fewestUndone && rolledBack > requests.failed) return true;
  const isWait = waits > 0 || (!errors.hasLog('service') && requests.failed > 0);
  return isWait && requests.failed > requests.served && (isUndone || requests.failed > 3 * requests.served);
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Hand the connection that is held on to whatever runs inside its transaction, ' +
    'so that no request takes two. A ' +
    'larger pool moves the load at which all holders wait; it does not end it',
  config: {
    of: 'the service',
    lines: 'await transaction(async (sql) => {\n  await audit(sql, …);   // not audit(pool, …)\n});',
  },
};

const stoodWords = ({ connections, locked }: Stall): string => {
  const locks = locked === 0 ? '' : `, ${plural(locked, 'more waits', 'more wait')} for what those have locked`;
  return `${formatCount(connections)} sit in an open transaction and wait for a second one${locks}, and none works`;
};

const look = (seen: Seen): Sighting | null => {
  const stall = byTap(seen) ?? byDatabase(seen);
  if (stall === null || !givesUp(seen)) return null;
  return {
    sentence:
      'The same piece of work needs a second connection while it holds its first, so that connections stand ' +
      `still: ${stoodWords(stall)} until some give up`,
    number: `${plural(stall.stalls, 'standstill')}, ${stall.lasting}`,
    evidence: [
      {
        atMs: stall.atMs,
        text: `${stall.connections} connections idle in transaction and none at work`,
        source: stall.source,
      },
      ...seen.errors.evidence('pool-wait'),
    ],
    remedy,
    harm: { failed: seen.errors.count('pool-wait') || null },
  };
};

export const cause: Cause = {
  id: 'nested-checkout',
  title: 'A request takes a second connection while it holds one',
  rank: 18,
  needs: 'connections by state over time (tap, or pg_stat_activity on the direct route), and what became of requests',
  explains: [
    'held-transactions',
    'idle-timeout',
    'app-pool',
    'pooler-pool',
    'closed-loop-stall',
    'retry-storm',
    'connect-failures',
  ],
  falseFriends: [
    'A larger pool: with 10 connections 99.4 % failed, with 35 still 97.6 %',
    'Transactions held over a call: they look the same, and end by themselves',
  ],
  look,
};
