/**
 * Work that holds one connection of the app pool and waits for a second one: with all holders waiting, none goes on.
 */
import type { Cause, Sighting } from '../cause.ts';
import { seconds } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

interface Stall {
  connections: number;
  stalls: number;
  seconds: number;
  atMs: number;
  source: string;
}

const byTap = ({ taps }: Seen): Stall | null => {
  for (const { deadlocks } of taps) {
    if (deadlocks.length === 0) continue;
    return {
      connections: Math.max(...deadlocks.map(({ connections }) => connections)),
      stalls: deadlocks.length,
      seconds: deadlocks.reduce((total, { fromMs, untilMs }) => total + (untilMs - fromMs) / 1000, 0),
      atMs: deadlocks[0]!.fromMs,
      source: 'the tap',
    };
  }
  return null;
};

/** Shorter, it may be a moment between two statements of all. */
const fewestLooks = 3;

/** Stretches of looks in which no session worked and the same ones, at least two, sat idle in transaction. */
const byDatabase = ({ sessions }: Seen): Stall | null => {
  const { tMs, values } = sessions.idleInTransaction.samples;
  const active = new Map(sessions.active.samples.tMs.map((at, index) => [at, sessions.active.samples.values[index]!]));
  const most = sessions.idleInTransaction.peak;
  const isStuck = (index: number): boolean => values[index] === most && active.get(tMs[index]!) === 0;
  let [row, longest, stalls, atMs] = [0, 0, 0, 0];
  for (let index = 0; index < values.length; index += 1) {
    row = isStuck(index) ? row + 1 : 0;
    if (row === fewestLooks) stalls += 1;
    if (row > longest) [longest, atMs] = [row, tMs[index - row + 1]!];
  }
  if (most < 2 || longest < fewestLooks) return null;
  const stepSeconds = (tMs.at(-1)! - tMs[0]!) / 1000 / Math.max(1, tMs.length - 1);
  return { connections: most, stalls, seconds: longest * stepSeconds, atMs, source: 'pg_stat_activity' };
};

/** Who holds a connection for a long call ends well; who waits for a second one gives up. */
const givesUp = ({ taps, requests, levels, errors }: Seen): boolean => {
  const [tapped] = taps;
  const undone = tapped?.statementsOf('ROLLBACK').count ?? levels.growth('postgres.rollbacks');
  const done = tapped?.statementsOf('COMMIT').count ?? 0;
  const isUndone = undone > 0 && (tapped === undefined ? undone >= requests.served : undone > done);
  const isWait = errors.count('pool-wait') > 0 || (!errors.hasLog('service') && requests.failed > 0);
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

const look = (seen: Seen): Sighting | null => {
  const stall = byTap(seen) ?? byDatabase(seen);
  if (stall === null || !givesUp(seen)) return null;
  return {
    sentence:
      `Each request needs a second connection while it holds the first: all ${stall.connections} connections sat ` +
      'inside a transaction, none at work, until their waiting was given up',
    number:
      `${stall.stalls} standstills of all ${stall.connections} connections, ` +
      `${seconds(stall.seconds)} at the longest or in all`,
    evidence: [
      {
        atMs: stall.atMs,
        text: `${stall.connections} connections idle in transaction and none at work`,
        source: stall.source,
      },
      ...seen.errors.evidence('pool-wait'),
    ],
    remedy,
    harm: {},
  };
};

export const cause: Cause = {
  id: 'nested-checkout',
  title: 'A request takes a second connection while it holds one',
  rank: 18,
  needs: 'connections by state over time (tap, or pg_stat_activity on the direct route), and what became of requests',
  explains: ['held-transactions', 'idle-timeout', 'app-pool', 'pooler-pool', 'closed-loop-stall', 'retry-storm'],
  falseFriends: [
    'A larger pool: with 10 connections 99.4 % failed, with 35 still 97.6 %',
    'Transactions held over a call: they look the same, and end by themselves',
  ],
  look,
};
