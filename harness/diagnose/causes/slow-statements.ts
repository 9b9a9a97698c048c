/** Statements that take long by themselves: no lock, no queue, no want of a core. */
import type { Evidence } from '../../result.ts';
import { formatCount, formatNumber, formatShare } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { at, failedWords, isHarmed, sampled, seconds, slowMs, stretchWords } from '../say.ts';
import { scanOf, type Scan } from '../seen/scans.ts';
import { slowStretchOf } from '../seen/slow-stretch.ts';
import { topStatements } from '../seen/statements.ts';
import type { Seen } from '../seen/seen.ts';

/** From here on a statement of a request is felt. */
const slowSeconds = 0.2;
const fewest = 3;
/** Of a pooler's looks. */
const mostlyFull = 0.5;

interface Slow {
  what: string;
  /** Null: how long they would have taken nobody knows. */
  meanSeconds: number | null;
  /** By all connections together. */
  totalSeconds: number | null;
  evidence: Evidence[];
}

const byStatements = (seen: Seen): Slow | null => {
  const slow = topStatements(seen)
    .filter(({ calls, seconds: total }) => calls >= fewest && total / calls >= slowSeconds)
    .toSorted((a, b) => b.seconds - a.seconds)[0];
  if (slow === undefined) return null;
  const meanSeconds = slow.seconds / slow.calls;
  const text = `${formatCount(slow.calls)} × ${slow.text}, ${seconds(meanSeconds)} each`;
  const evidence = [{ text, source: 'pg_stat_statements' }];
  return { what: `"${slow.text}"`, meanSeconds, totalSeconds: slow.seconds, evidence };
};

const kinds = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'COMMIT', 'failed'];

const byTap = ({ databaseStatements }: Seen): Slow | null => {
  const [slow] = databaseStatements
    .flatMap((statementsOf) => kinds.map((kind) => ({ kind, times: statementsOf(kind) })))
    .filter(({ times }) => times.count >= fewest && (times.p95 ?? 0) >= slowSeconds);
  if (slow === undefined) return null;
  const { kind, times } = slow;
  const meanSeconds = times.seconds / times.count;
  const text =
    `95 % of ${formatCount(times.count)} ${kind} statements take ${seconds(times.p95!)} or less, ` +
    `${seconds(meanSeconds)} on the average`;
  return { what: kind, meanSeconds, totalSeconds: times.seconds, evidence: [{ text, source: 'the tap' }] };
};

/** Sessions at work that do not wait: enough of them all the time to say that statements last. */
const byActivity = ({ sessions, requests, levels }: Seen): Slow | null => {
  const { active } = sessions;
  const age = levels.level('postgres.statement.age.max');
  if (active.count === 0 || requests.all === 0 || age.shareAbove(slowSeconds) < 0.2) return null;
  const text = `a statement that has run for ${seconds(age.peak)}; ${active.peak} at work at once`;
  const evidence = [sampled(age, text, 'pg_stat_activity')];
  return { what: 'statements', meanSeconds: age.mean, totalSeconds: active.seconds, evidence };
};

/** The server ended them before anybody saw how long they last. */
const byTimeouts = ({ errors }: Seen): Slow | null => {
  const count = errors.count('statement-timeout');
  if (count < fewest) return null;
  const what = `${formatCount(count)} were ended before they were through`;
  return { what, meanSeconds: null, totalSeconds: null, evidence: [] };
};

/** What waits for a lock is slow for another reason. */
const isLockWait = ({ sessions }: Seen): boolean => {
  const waiting = sessions.waiting('Lock');
  return waiting.count > 0 && waiting.seconds > sessions.active.seconds / 2;
};

const remedy: Sighting['remedy'] = {
  sentence:
    'See the plan of that statement (EXPLAIN ANALYZE): an index that is missing, ' +
    'rows that nobody needs, a sort in ' +
    'files. Bound it with statement_timeout. A larger pool runs more of them at once',
  config: { of: 'the role', lines: "ALTER ROLE app SET statement_timeout = '2s';" },
};

const remedyOfScan: Sighting['remedy'] = {
  ...remedy,
  sentence:
    'See the plan of that statement, and of the functions and triggers that it runs (EXPLAIN (ANALYZE, BUFFERS), ' +
    'auto_explain): an index that is missing, COUNT(*) where EXISTS is enough, a trigger that counts everything ' +
    'again. A larger pool runs more of them at once',
};

const evidenceOfScan = ({ text, calls, share, rowsRead, pagesRead }: Scan, each: string): Evidence[] => [
  {
    text: `${formatCount(calls)} × ${text}, ${each} each: ${formatShare(share)} of the time of the dearest statements`,
    source: 'pg_stat_statements',
  },
  {
    text: `${formatCount(rowsRead)} rows read for each transaction, ${formatCount(pagesRead)} pages`,
    source: 'pg_stat_database',
  },
];

/** Nobody may feel it yet; it grows with the table, and the locks that it takes are held as long. */
const byScan = (scan: Scan): Sighting => {
  const { text, rowsRead, pagesRead, rowsGiven } = scan;
  const each = seconds(scan.seconds / scan.calls);
  const given = rowsGiven === null ? '' : ` for ${formatNumber(rowsGiven)} that it gives back`;
  return {
    kind: 'scan',
    sentence:
      'Statements look through far more rows than the work needs: most of the time goes into ' +
      `"${text}", ${each} each`,
    number: `a transaction looks through ${formatCount(rowsRead)} rows (${formatCount(pagesRead)} pages)${given}`,
    evidence: evidenceOfScan(scan, each),
    remedy: remedyOfScan,
    harm: { secondsWaited: scan.seconds },
  };
};

/** A statement that sleeps (pg_sleep) takes what it was asked to take: below a second, or beside a queue, no harm. */
const isAskedToSleep = ({ sessions, requests, pooler }: Seen): boolean =>
  requests.failed === 0 &&
  ((requests.latencyMsP95 ?? 0) < 2 * slowMs || (pooler?.fullShare ?? 0) >= mostlyFull) &&
  sessions.waiting('Timeout').seconds > sessions.active.seconds / 2;

/** Over in time to leave the whole run's figures as they are, and felt all the same. */
const byStretch = (seen: Seen): Sighting | null => {
  const stretch = slowStretchOf(seen, slowSeconds);
  if (stretch === null) return null;
  const { startMs, endMs, ageSeconds, usualAgeSeconds, active } = stretch;
  const ages = `the oldest had run for ${seconds(ageSeconds)} on the average`;
  return {
    kind: 'stretch',
    sentence:
      `Statements took long in the database from ${at(startMs, seen)} to ${at(endMs, seen)}: ${ages}, ` +
      `and for ${seconds(usualAgeSeconds)} otherwise`,
    number: stretchWords(stretch),
    evidence: [{ atMs: startMs, text: `${ages}, ${formatNumber(active)} at work at once`, source: 'pg_stat_activity' }],
    remedy,
    harm: { failed: 0, secondsWaited: (active * (endMs - startMs)) / 1000 },
  };
};

/** Of the time that all requests took together: less of it than that is not what they wait for. */
const leastOfLatency = 0.02;

/** Of the time that sessions were there: then it is these statements that keep them. */
const mostOfSessions = 0.5;

const isToThePoint = ({ totalSeconds }: Slow, { requests, sessions }: Seen): boolean =>
  totalSeconds === null ||
  totalSeconds * 1000 >= leastOfLatency * requests.all * (requests.latencyMsP50 ?? 0) ||
  (sessions.all.count > 0 && totalSeconds >= mostOfSessions * sessions.all.seconds);

const slowOf = (seen: Seen): Slow | null => {
  for (const by of [byStatements, byTap, byActivity, byTimeouts]) {
    const slow = by(seen);
    if (slow !== null && isToThePoint(slow, seen)) return slow;
  }
  return null;
};

const byAll = (seen: Seen): Sighting | null => {
  const slow = slowOf(seen);
  if (slow === null) return null;
  const ended = seen.errors.count('statement-timeout');
  const mean = slow.meanSeconds === null ? '' : `, ${seconds(slow.meanSeconds)} on the average`;
  return {
    sentence: `Statements take long in the database: ${slow.what}${mean}`,
    number:
      slow.totalSeconds === null
        ? `${failedWords(Math.min(ended, seen.requests.failed), seen)} failed by it`
        : `${seconds(slow.totalSeconds)} spent in them by all connections together`,
    evidence: [...slow.evidence, ...seen.errors.evidence('statement-timeout')],
    remedy,
    harm: { failed: ended || null, secondsWaited: slow.totalSeconds },
  };
};

const look = (seen: Seen): Sighting | null => {
  const scan = scanOf(seen);
  if (scan !== null) return byScan(scan);
  if (isLockWait(seen)) return null;
  return (isHarmed(seen) && !isAskedToSleep(seen) ? byAll(seen) : null) ?? byStretch(seen);
};

export const cause: Cause = {
  id: 'slow-statements',
  title: 'Slow statements',
  rank: 39,
  needs: 'pg_stat_statements, a tap, pg_stat_activity while they run, or what was ended by a limit',
  explains: ['app-pool', 'pooler-pool', 'pooler-client-limit', 'closed-loop-stall', 'retry-storm', 'database-io'],
  falseFriends: ['A larger pool', 'A lock: then the statement waits, and another one is the cause'],
  look,
};
