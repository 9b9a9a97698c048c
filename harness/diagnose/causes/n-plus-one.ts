/** Rows asked for, or written, one by one: for a request, or within a transaction of whatever work. */
import type { Evidence } from '../../result.ts';
import { formatCount, formatNumber, formatShare } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { isHarmed, oftenShare, seconds, waitsAnywhere } from '../say.ts';
import {
  loopInTransactions,
  statementsPerRequest,
  topStatements,
  type Loop,
  type Statement,
} from '../seen/statements.ts';
import type { Seen } from '../seen/seen.ts';

/** Beyond what a page is made of. */
const tooMany = 20;
const surelyTooMany = 40;
const slowPage = 50;
/** One statement of these is the one in the loop. */
const mostlyOne = 0.5;
/** A loop is many short ones; fewer long ones are slow statements. */
const shortSeconds = 0.05;

const loopOf = (seen: Seen): Statement | null => {
  const [most] = topStatements(seen).toSorted((a, b) => b.calls - a.calls);
  return most === undefined || most.calls === 0 ? null : most;
};

/** A service with work of its own (jobs) sends statements that no request asked for. */
const hasOwnWork = ({ levels }: Seen): boolean => levels.has('task_claims') || levels.has('task_completions');

const isShort = ({ taps }: Seen, loop: Statement | null): boolean => {
  if (loop !== null) return loop.seconds / loop.calls < shortSeconds;
  const [tapped] = taps;
  return tapped === undefined || tapped.statements.count === 0
    ? true
    : tapped.statements.seconds / tapped.statements.count < shortSeconds;
};

const isFelt = (seen: Seen): boolean =>
  isHarmed(seen) || waitsAnywhere(seen) || (seen.requests.latencyMsP95 ?? 0) >= 150;

const remedyOfRequest: Sighting['remedy'] = {
  sentence:
    'Ask for all rows at once (a join, or = ANY($1)): each statement costs a round trip, and for all of them the ' +
    'connection is held. A larger pool runs more loops at once',
  config: { of: 'the service', lines: 'SELECT … FROM items WHERE order_id = ANY($1)' },
};

const lookAtRequests = (seen: Seen): Sighting | null => {
  const per = statementsPerRequest(seen);
  if (per === null || per.each < tooMany || hasOwnWork(seen) || !isFelt(seen)) return null;
  const loop = loopOf(seen);
  // Which of them a request asked for is not told where no statement stands out.
  if (loop === null && (per.each < surelyTooMany || (seen.requests.latencyMsP50 ?? 0) < slowPage)) return null;
  const total = per.each * (seen.requests.all - seen.requests.failed);
  if (!isShort(seen, loop) || (loop !== null && loop.calls < mostlyOne * total)) return null;
  const what = loop === null ? '' : `, most of them "${loop.text}"`;
  const evidence: Evidence[] = [
    { text: `${formatNumber(per.each)} statements for each request that was served`, source: per.source },
    ...(loop === null
      ? []
      : [
          {
            text: `${formatCount(loop.calls)} × ${loop.text}, ${seconds(loop.seconds / loop.calls)} each`,
            source: 'pg_stat_statements',
          },
        ]),
  ];
  return {
    sentence: `A request asks the database row by row: ${formatNumber(per.each)} statements each${what}`,
    number: `${formatCount(total)} statements for ${formatCount(seen.requests.all - seen.requests.failed)} requests`,
    evidence,
    remedy: remedyOfRequest,
    harm: { secondsWaited: seen.taps[0]?.holds.seconds ?? null },
  };
};

/** Of one session's time: half of it is much where others of its kind wait for what it has locked. */
const mostOfLocked = 0.5;

/** The service's own sessions queue behind one another. */
const isWaitedFor = ({ levels, locks }: Seen): boolean =>
  levels.level('postgres.locks.waiting').shareAbove(0) >= oftenShare &&
  locks.some(({ holder, first }) => holder === first);

/** Somebody is kept waiting by it, or a session or more is in it all the time. */
const isLoopFelt = (seen: Seen, { seconds: spent }: Loop): boolean =>
  isFelt(seen) || spent >= (isWaitedFor(seen) ? mostOfLocked : 1) * seen.seconds;

const remedyOfTransaction: Sighting['remedy'] = {
  sentence:
    'Write all rows with one statement, and only those that change: each statement costs a round trip, and what the ' +
    'first of them locked stays locked until the last. A larger pool runs more loops at once',
  config: {
    of: 'the service',
    lines: 'UPDATE … FROM unnest($1::bigint[], $2::real[]) AS new (id, value) WHERE … IS DISTINCT FROM new.value',
  },
};

const lookAtTransactions = (seen: Seen): Sighting | null => {
  const loop = loopInTransactions(seen);
  if (loop === null || !isShort(seen, loop) || !isLoopFelt(seen, loop)) return null;
  const { text, calls, transactions, share } = loop;
  const each = seconds(loop.seconds / calls);
  return {
    kind: 'in-transaction',
    sentence: `A transaction goes through its rows one by one: for each of them it runs "${text}"`,
    number: `${formatCount(calls)} calls in ${formatCount(transactions)} transactions, whatever else these ran`,
    evidence: [
      {
        text: `${formatCount(calls)} × ${text}, ${each} each: ${formatShare(share)} of the time of all statements`,
        source: 'pg_stat_statements',
      },
      { text: `${formatCount(transactions)} transactions ended meanwhile`, source: 'pg_stat_database' },
    ],
    remedy: remedyOfTransaction,
    harm: {},
  };
};

const look = (seen: Seen): Sighting | null => lookAtRequests(seen) ?? lookAtTransactions(seen);

export const cause: Cause = {
  id: 'n-plus-one',
  title: 'Rows asked for one by one',
  rank: 30,
  needs:
    "the number of statements beside that of requests (a tap, pg_stat_statements, or the pooler's SHOW STATS), or " +
    'pg_stat_statements beside the transactions',
  explains: ['app-pool', 'pooler-pool', 'database-cpu', 'closed-loop-stall', 'pooler-cpu', 'slow-statements'],
  falseFriends: ['A slow database: each of its statements is quick', 'A larger pool'],
  look,
};
