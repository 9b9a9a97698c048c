/** Statements by what they cost, as pg_stat_statements keeps them: without literals. */
import { seriesOf, type Series } from '../../measure/tracks/observations.ts';
import { growthOf } from '../../measure/tracks/windows.ts';
import type { Seen } from './seen.ts';

export interface Statement {
  text: string;
  calls: number;
  seconds: number;
  /** That it looked at; 0 where nobody counted. */
  pages: number;
}

/**
 * A statement is looked at from when it is first among the most called: by then it may have run for seconds. Of that
 * count no more can be older than all statements together had at the first look at their sum, which is next to nothing
 * where the counts were set back before the load, and everything where they go back for weeks. From 0 to 1.
 */
const olderShare = (calls: Series, all: Series | undefined): number => {
  const [first, before] = [calls.values[0] ?? 0, all?.values[0]];
  if (before === undefined || first === 0 || all!.tMs[0]! >= calls.tMs[0]!) return 1;
  return Math.min(1, before / first);
};

const sinceTheFirstLook = (series: Series, share: number, atMs: number | undefined): Series =>
  share === 1 || atMs === undefined
    ? series
    : {
        ...series,
        tMs: Float64Array.of(atMs, ...series.tMs),
        values: Float64Array.of((series.values[0] ?? 0) * share, ...series.values),
      };

/** Those that were among the most called, or the dearest, at some look. */
export const topStatements = ({ observations, windows }: Seen): Statement[] => {
  const [all] = seriesOf(observations, 'postgres.statements.calls');
  return seriesOf(observations, 'postgres.statement.calls').map((calls) => {
    const share = olderShare(calls, all);
    const growth = (part: 'calls' | 'seconds' | 'pages'): number => {
      const series = seriesOf(observations, `postgres.statement.${part}`, calls.labels);
      return growthOf(
        series.map((one) => sinceTheFirstLook(one, share, all?.tMs[0])),
        windows,
      );
    };
    const text = calls.labels['query'] ?? '';
    return { text, calls: Math.round(growth('calls')), seconds: growth('seconds'), pages: growth('pages') };
  });
};

/** A statement that transactions run again and again. */
export interface Loop extends Statement {
  /** Transactions that ended meanwhile, whatever they ran. */
  transactions: number;
  /** Of the time of all statements. */
  share: number;
}

/** Of all transactions each runs it twice: those in which it stands at all run it far more often. */
const fewestPerTransaction = 2;
/** What waits for its locks takes the rest: other statements, of other transactions. */
const leastShare = 1 / 3;

/** The dearest of all statements, where it is one. Null too where nobody counted. */
export const loopInTransactions = (seen: Seen): Loop | null => {
  const { levels } = seen;
  const transactions = Math.round(levels.growth('postgres.commits') + levels.growth('postgres.rollbacks'));
  const all = levels.growth('postgres.statements.seconds');
  const [most] = topStatements(seen).toSorted((a, b) => b.seconds - a.seconds);
  if (most === undefined || transactions === 0 || all <= 0) return null;
  const share = Math.min(1, most.seconds / all);
  const isLoop = share >= leastShare && most.calls >= fewestPerTransaction * transactions;
  return isLoop ? { ...most, transactions, share } : null;
};

/** The probes look at the database so often at most. */
const ownPerSecond = 10;

/** Statements for each request; null where nobody counted, or nothing was asked. */
export const statementsPerRequest = ({
  taps,
  pooler,
  levels,
  requests,
  seconds,
}: Seen): { each: number; source: string } | null => {
  const asked = requests.all - requests.failed;
  if (asked <= 0) return null;
  const tapped = taps.reduce((total, { statements }) => total + statements.count, 0);
  if (tapped > 0) return { each: tapped / asked, source: 'the tap' };
  const counted = levels.growth('postgres.statements.calls');
  if (counted > 0) return { each: counted / asked, source: 'pg_stat_statements' };
  const pooled = pooler === null ? 0 : levels.growth('pooler.queries');
  if (pooled > 0) return { each: pooled / asked, source: 'SHOW STATS' };
  // Each statement outside of a transaction is one: there are at least so many.
  const committed = levels.growth('postgres.commits') - ownPerSecond * seconds;
  return committed > 0 ? { each: committed / asked, source: 'pg_stat_database' } : null;
};

/** How much of the database a request takes, by whoever counted. */
export interface DatabaseUse {
  each: number;
  what: 'statements' | 'transactions';
  source: string;
  isHardlyAny: boolean;
}

/** Of fewer requests the probes' own share says nothing. */
const fewestPerSecond = 5;
const hardlyAny = 0.2;

const useOf = (each: number, what: DatabaseUse['what'], source: string): DatabaseUse => ({
  each,
  what,
  source,
  isHardlyAny: each < hardlyAny,
});

/** Null where nobody counted, or what was counted may be the probes' own. */
export const databaseUse = ({ taps, pooler, levels, requests, seconds }: Seen): DatabaseUse | null => {
  if (requests.all < fewestPerSecond * seconds) return null;
  const tapped = taps.reduce((total, { statements }) => total + statements.count, 0);
  if (tapped > 0) return useOf(tapped / requests.all, 'statements', 'the tap');
  const pooled = levels.growth('pooler.queries');
  if (pooler !== null && pooler.clients.peak > 0) return useOf(pooled / requests.all, 'statements', 'SHOW STATS');
  if (!levels.has('postgres.commits')) return null;
  const ended = levels.growth('postgres.commits') + levels.growth('postgres.rollbacks');
  const each = Math.max(0, ended - ownPerSecond * seconds) / requests.all;
  return useOf(each, 'transactions', 'pg_stat_database');
};
