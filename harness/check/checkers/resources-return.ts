import type { Checker } from '../checker.ts';
import { ask, together } from '../questions.ts';

/** Clients' backends other than this connection, in pg_stat_activity under the name `activity`. */
const others = `
  activity.backend_type = 'client backend'
  AND activity.datname = current_database()
  AND activity.pid <> pg_backend_pid()`;

/** Longer than any statement of a service at rest. */
const forASecond = `activity.state_change < now() - interval '1 second'`;

/** Without the harness's own: where only they are left, nothing is known of what the service gives back. */
const sessionsOfService = `
  SELECT count(*) AS examined FROM pg_stat_activity AS activity
    WHERE ${others} AND coalesce(application_name, '') NOT LIKE 'pgsurge-%'`;

const leftInTransaction = `
  SELECT 'session ' || pid || ' of ' || usename || ' (' || application_name || ') is ' || state
      || ' since ' || state_change || ', after: ' || left(query, 120) AS what
    FROM pg_stat_activity AS activity
    WHERE ${others} AND state LIKE 'idle in transaction%' AND ${forASecond}`;

const advisoryLocks = `
  SELECT 'session ' || activity.pid || ' of ' || usename
      || ' holds an advisory lock (' || classid || ', ' || objid || ') while ' || state AS what
    FROM pg_locks JOIN pg_stat_activity AS activity ON activity.pid = pg_locks.pid
    WHERE locktype = 'advisory' AND granted AND ${others} AND state LIKE 'idle%' AND ${forASecond}`;

export const checker: Checker = {
  id: 'resources-return',
  title: 'No transaction and no lock is left behind',
  invariant: 'I13',
  async check({ query }) {
    const transactions = await ask(query, {
      examined: sessionsOfService,
      violations: leftInTransaction,
      none: 'no session is idle in transaction',
    });
    const locks = await ask(query, {
      examined: 'SELECT 0 AS examined',
      violations: advisoryLocks,
      none: 'no advisory lock is held by a session at rest',
    });
    return together([transactions, locks]);
  },
};
