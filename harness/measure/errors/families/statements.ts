/** Statements that the database refused or undid. */
import type { ErrorFamily } from '../error-family.ts';

export const statementFamilies: readonly ErrorFamily[] = [
  {
    id: 'lock-timeout',
    title: 'A lock was not granted in time',
    outcome: 'rolled-back',
    causes: ['a long transaction holds the row or table', 'DDL waits in the lock queue and blocks all behind it'],
    nextStep: 'Find the holder with pg_blocking_pids; shorten its transaction.',
  },
  {
    id: 'statement-timeout',
    title: 'The statement was cancelled',
    outcome: 'rolled-back',
    causes: ['statement_timeout reached', 'the client cancelled'],
    nextStep: 'See the plan of the statement and what it waited for (wait_event).',
  },
  {
    id: 'sync-wait',
    title: 'A COMMIT was not confirmed by the standby',
    outcome: 'ran',
    causes: ['the wait for a synchronous standby was cancelled: the transaction is committed here, perhaps not there'],
    nextStep: 'Do not repeat it. See why the standby does not answer (synchronous_standby_names, pg_stat_replication).',
  },
  {
    id: 'deadlock',
    title: 'Two transactions waited for each other',
    outcome: 'rolled-back',
    causes: ['rows locked in different orders'],
    nextStep: 'Lock in one order; retry the whole transaction.',
  },
  {
    id: 'serialization',
    title: 'A concurrent change forbade this one',
    outcome: 'rolled-back',
    causes: ['repeatable read or serializable isolation under contention'],
    nextStep: 'Retry the whole transaction with a pause.',
  },
  {
    id: 'constraint',
    title: 'A constraint forbade it',
    outcome: 'rolled-back',
    causes: ['a repeated key (often a retry of a write that had succeeded)', 'wrong data'],
    nextStep: 'For a repeated idempotency key answer with the first result; otherwise the data is wrong.',
  },
  {
    id: 'read-only',
    title: 'The server is read-only',
    outcome: 'rolled-back',
    causes: ['a connection to a standby, often kept over a failover'],
    nextStep: 'Drop connections that answer 25006, so that the pool dials the primary again.',
  },
  {
    id: 'aborted',
    title: 'The transaction had failed before',
    outcome: 'rolled-back',
    causes: ['an earlier error in the same transaction was swallowed'],
    nextStep: 'Find the first error in that transaction; this one only follows.',
  },
  {
    id: 'disk',
    title: 'No space left',
    outcome: 'rolled-back',
    causes: ['a full disk: data, WAL, or temporary files'],
    nextStep: 'Free space; look for a replication slot that keeps WAL.',
  },
  {
    id: 'memory',
    title: 'Out of memory',
    outcome: 'rolled-back',
    causes: ['too many sessions for the memory', 'too many locks (max_locks_per_transaction)'],
    nextStep: 'Fewer server sessions, by a pooler; lower work_mem.',
  },
  {
    id: 'auth',
    title: 'Login refused',
    outcome: 'not-executed',
    causes: ['a wrong password, role or database', 'a pooler whose user list is out of date'],
    nextStep: 'Try the same URL with psql; behind a pooler check its user list too.',
  },
  {
    id: 'sql',
    title: 'The statement is wrong here',
    outcome: 'rolled-back',
    causes: ['a migration is missing, or a permission', 'search_path set on another session (transaction pooling)'],
    nextStep: 'Compare the schema with what the release expects.',
  },
  {
    id: 'other',
    title: 'Not known to this table',
    outcome: 'unknown',
    causes: ['an error of the service itself, or one that the table lacks'],
    nextStep:
      'Read the line in the log; if it comes from Postgres or a pooler, add it to harness/measure/errors/signatures/.',
  },
];
