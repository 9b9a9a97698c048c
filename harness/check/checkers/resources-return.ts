import type { Checker } from '../checker.ts';
import { ask, together } from '../questions.ts';

/** Backends of others than this connection; a second is longer than any statement of a service at rest. */
const others = `backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()`;

export const checker: Checker = {
  id: 'resources-return',
  title: 'No transaction and no lock is left behind',
  invariant: 'I13',
  async check({ query }) {
    const transactions = await ask(query, {
      // Without the harness's own sessions: where only they are left, nothing is known of what the service gives back.
      examined: `SELECT count(*) AS examined FROM pg_stat_activity WHERE ${others} AND coalesce(application_name, '') NOT LIKE 'pgsurge-%'`,
      violations: `
        SELECT 'session ' || pid || ' of ' || usename || ' (' || application_name || ') is ' || state || ' since ' || state_change || ', after: ' || left(query, 120) AS what
        FROM pg_stat_activity WHERE ${others} AND state LIKE 'idle in transaction%' AND state_change < now() - interval '1 second'`,
      none: 'no session is idle in transaction',
    });
    const locks = await ask(query, {
      examined: 'SELECT 0 AS examined',
      violations: `
        SELECT 'session ' || activity.pid || ' of ' || usename || ' holds an advisory lock (' || classid || ', ' || objid || ') while ' || state AS what
        FROM pg_locks JOIN pg_stat_activity AS activity ON activity.pid = pg_locks.pid
        WHERE locktype = 'advisory' AND granted AND ${others.replaceAll(/\b(pid|datname|backend_type)\b/g, 'activity.$1')}
          AND state LIKE 'idle%' AND state_change < now() - interval '1 second'`,
      none: 'no advisory lock is held by a session at rest',
    });
    return together([transactions, locks]);
  },
};
