/** State of a session behind a pooler that gives each transaction another session. */
import type { Evidence } from '../../result.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords, oftenShare, sampled } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

interface Form {
  kind: string;
  count: number;
  what: string;
  sentence: string;
  config: { of: string; lines: string };
  evidence: Evidence[];
}

const statements = (seen: Seen): Form | null => {
  const count = seen.errors.count('pool-mode');
  if (count === 0) return null;
  return {
    kind: 'prepared-statements',
    count,
    what: 'Statements prepared on one server connection are called on another',
    sentence:
      'Turn named statements off in the driver, or let the pooler follow them (PgBouncer 1.21 and newer, ' +
      'max_prepared_statements above 0). No pool size changes it',
    config: { of: 'pgbouncer.ini', lines: 'max_prepared_statements = 200' },
    evidence: seen.errors.evidence('pool-mode'),
  };
};

const stalePlans = (seen: Seen): Form | null => {
  const count = seen.errors.count('stale-plan');
  if (count === 0) return null;
  return {
    kind: 'stale-plan',
    count,
    what: 'Statements that were prepared before a change of the schema are still used',
    sentence:
      'After a migration renew all connections (RECONNECT in the pooler, whose prepared ' +
      'statements outlive a restart of ' +
      'the service), and name columns instead of SELECT *',
    config: { of: "the pooler's console", lines: 'RECONNECT;' },
    evidence: seen.errors.evidence('stale-plan'),
  };
};

/** A pooler that nobody is a client of shares nothing: the service goes past it. */
const sharesSessions = ({ pooler }: Seen): boolean =>
  pooler !== null && pooler.clients.peak > 0 && (pooler.mode === 'transaction' || pooler.mode === 'statement');

/** What a service does with its session is seen by a tap before the pooler. */
const made = ({ taps }: Seen, kind: string): number =>
  taps
    .filter(({ group }) => /pooler/.test(group.hop) || taps.length === 1)
    .reduce((total, tapped) => total + tapped.sessionState(kind), 0);

const sessionForm = (seen: Seen, state: string, form: Omit<Form, 'count' | 'evidence'>): Form | null => {
  const count = sharesSessions(seen) ? made(seen, state) : 0;
  if (count === 0) return null;
  const text = `${formatCount(count)} × ${state} before a pooler with pool_mode = ${seen.pooler?.mode}`;
  return { ...form, count, evidence: [{ text, source: 'the tap' }] };
};

const direct = (sentence: string): Pick<Form, 'sentence' | 'config'> => ({
  sentence,
  config: { of: 'the service', lines: 'DIRECT_DATABASE_URL=postgres://…:5432/app   # one session, past the pooler' },
});

const listening: Omit<Form, 'count' | 'evidence'> = {
  kind: 'listen',
  what: 'LISTEN through a pooler in transaction mode hears nothing, and nobody is told',
  ...direct('Give LISTEN a direct connection, or a pooler in session mode; until then work waits for the next poll'),
};

/** The server connection that listens outlives the loan: what it hears while nobody has it, the pooler throws away. */
const thrownAway = ({ errors }: Seen): Form | null => {
  const count = errors.count('lost-notification');
  return count === 0 ? null : { ...listening, count, evidence: errors.evidence('lost-notification') };
};

const listen = (seen: Seen): Form | null => thrownAway(seen) ?? sessionForm(seen, 'listen', listening);

const advisoryLock = (seen: Seen): Form | null =>
  sessionForm(seen, 'advisory lock', {
    kind: 'advisory-lock',
    what: 'A lock of the session (leader election) stays with a server connection that anybody gets next',
    ...direct('Take pg_advisory_xact_lock inside a transaction, or give the leader a direct connection'),
  });

/** Drivers set a few things at each login; who does so in its work does it far more often. */
const setsPerLogin = 3;

const isSetInWork = (seen: Seen): boolean => {
  const logins = seen.taps.reduce((total, { churn, use }) => total + Math.max(churn.opened, use.size), 0);
  return made(seen, 'set') > setsPerLogin * Math.max(1, logins);
};

/**
 * SET without LOCAL reaches whoever gets the connection next; drivers do so often that only harm makes it a finding:
 * statements that are wrong here (search_path), or that a limit of somebody else ended.
 */
const isSetHarmful = (seen: Seen): boolean =>
  seen.errors.count('sql') > 0 || (isSetInWork(seen) && seen.errors.count('statement-timeout', 'lock-timeout') > 0);

const setting = (seen: Seen): Form | null =>
  !isSetHarmful(seen)
    ? null
    : sessionForm(seen, 'set', {
        kind: 'set',
        what: 'SET through a pooler in transaction mode is lost, or changes the session of somebody else',
        ...direct('Use SET LOCAL inside the transaction, or ALTER ROLE … SET'),
      });

/** A server connection for each client, as long as that stays: most of them do nothing while others wait. */
const sessionMode = ({ pooler, sessions }: Seen): Form | null => {
  if (pooler?.mode !== 'session' || pooler.waiting.shareAbove(0) < oftenShare) return null;
  const idle = pooler.serversActive.mean - sessions.active.mean;
  if (idle < pooler.serversActive.mean / 2) return null;
  const text =
    `${pooler.serversActive.peak} server connections taken, ` +
    `${sessions.active.mean.toFixed(1)} at work on the average`;
  return {
    kind: 'session-mode',
    count: pooler.waiting.peak,
    what: 'Each client of the pooler keeps a server connection while it does nothing (pool_mode = session)',
    sentence:
      'Use pool_mode = transaction, where the service keeps no state in its sessions. A ' +
      'larger pool serves so many more and no others',
    config: { of: 'pgbouncer.ini', lines: 'pool_mode = transaction' },
    evidence: [sampled(pooler.waiting, `${pooler.waiting.peak} clients wait; ${text}`, 'SHOW POOLS, pg_stat_activity')],
  };
};

const numberOf = ({ kind, count }: Form, failed: number, seen: Seen): string => {
  if (kind === 'prepared-statements' || kind === 'stale-plan')
    return `${failedWords(failed > 0 ? failed : count, seen)} failed by it, ${formatCount(count)} errors in all`;
  return kind === 'session-mode'
    ? `${formatCount(count)} clients wait at once`
    : `${formatCount(count)} times in this run`;
};

const look = (seen: Seen): Sighting | null => {
  const form =
    sessionMode(seen) ?? statements(seen) ?? stalePlans(seen) ?? listen(seen) ?? advisoryLock(seen) ?? setting(seen);
  if (form === null) return null;
  const isError = form.kind === 'prepared-statements' || form.kind === 'stale-plan';
  const failed = isError ? Math.min(form.count, seen.requests.failed) : 0;
  return {
    kind: form.kind,
    sentence: form.kind === 'session-mode' ? form.what : `${form.what} (${formatCount(form.count)} times)`,
    number: numberOf(form, failed, seen),
    evidence: form.evidence,
    against: isError && failed < form.count ? ['more errors than failed requests: the service tries again'] : [],
    remedy: { sentence: form.sentence, config: form.config },
    harm: { failed },
  };
};

export const cause: Cause = {
  id: 'pool-mode',
  title: 'Session state behind a transaction pooler',
  rank: 26,
  needs:
    "errors by family in a log or at the tap; for LISTEN the pooler's log, or a tap before the pooler, and its " +
    'console; for session locks that tap',
  explains: [
    'slow-statements',
    'pooler-pool',
    'app-pool',
    'connect-failures',
    'wrong-data',
    'duplicate-schedules',
    'retry-storm',
  ],
  falseFriends: ['A larger pool on either side', 'A driver that tries again: it hides most of them, and not all'],
  look,
};
