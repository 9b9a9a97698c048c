/** Statements that take long by themselves: no lock, no queue, no want of a core. */
import type { Evidence } from '../../result.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { isHarmed, seconds } from '../say.ts';
import { topStatements } from '../seen/statements.ts';
import type { Seen } from '../seen/seen.ts';

/** From here on a statement of a request is felt. */
const slowSeconds = 0.2;
const fewest = 3;

interface Slow {
  what: string;
  count: number;
  meanSeconds: number;
  totalSeconds: number;
  evidence: Evidence[];
}

const byStatements = (seen: Seen): Slow | null => {
  const slow = topStatements(seen)
    .filter(({ calls, seconds: total }) => calls >= fewest && total / calls >= slowSeconds)
    .toSorted((a, b) => b.seconds - a.seconds)[0];
  if (slow === undefined) return null;
  const meanSeconds = slow.seconds / slow.calls;
  return {
    what: `"${slow.text}"`,
    count: slow.calls,
    meanSeconds,
    totalSeconds: slow.seconds,
    evidence: [
      { text: `${formatCount(slow.calls)} × ${slow.text}, ${seconds(meanSeconds)} each`, source: 'pg_stat_statements' },
    ],
  };
};

const kinds = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'COMMIT', 'failed'];

const byTap = ({ taps }: Seen): Slow | null => {
  for (const tapped of taps) {
    for (const kind of kinds) {
      const times = tapped.statementsOf(kind);
      if (times.count < fewest || (times.p95 ?? 0) < slowSeconds) continue;
      const meanSeconds = times.seconds / times.count;
      const text =
        `95 % of ${formatCount(times.count)} ${kind} statements take ${seconds(times.p95!)} or ` +
        `less, ${seconds(meanSeconds)} on the average`;
      return {
        what: kind,
        count: times.count,
        meanSeconds,
        totalSeconds: times.seconds,
        evidence: [{ text, source: 'the tap' }],
      };
    }
  }
  return null;
};

/** Sessions at work that do not wait: enough of them all the time to say that statements last. */
const byActivity = ({ sessions, requests, levels }: Seen): Slow | null => {
  const { active } = sessions;
  const age = levels.level('postgres.statement.age.max');
  if (active.count === 0 || requests.all === 0 || age.shareAbove(slowSeconds) < 0.2) return null;
  return {
    what: 'statements',
    count: Math.round(active.seconds),
    meanSeconds: age.mean,
    totalSeconds: active.seconds,
    evidence: [
      {
        atMs: age.peakAtMs,
        text: `a statement that has run for ${seconds(age.peak)}; ${active.peak} at work at once`,
        source: 'pg_stat_activity',
      },
    ],
  };
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

const look = (seen: Seen): Sighting | null => {
  if (!isHarmed(seen) || isLockWait(seen)) return null;
  const slow = byStatements(seen) ?? byTap(seen) ?? byActivity(seen);
  if (slow === null) return null;
  return {
    sentence: `Statements take long in the database: ${slow.what}, ${seconds(slow.meanSeconds)} on the average`,
    number: `${seconds(slow.totalSeconds)} spent in them by all connections together`,
    evidence: [...slow.evidence, ...seen.errors.evidence('statement-timeout')],
    remedy,
    harm: { failed: seen.errors.count('statement-timeout') || null, secondsWaited: slow.totalSeconds },
  };
};

export const cause: Cause = {
  id: 'slow-statements',
  title: 'Slow statements',
  rank: 39,
  needs: 'pg_stat_statements, a tap, or pg_stat_activity while they run',
  explains: ['app-pool', 'pooler-pool', 'pooler-client-limit', 'closed-loop-stall', 'retry-storm', 'database-io'],
  falseFriends: ['A larger pool', 'A lock: then the statement waits, and another one is the cause'],
  look,
};
