/** Connections that were not to be had: no slot, no pool, no pooler. */
import type { ErrorFamily } from '../error-family.ts';

export const waitFamilies: readonly ErrorFamily[] = [
  {
    id: 'no-slot',
    title: 'Postgres has no free connection slot',
    outcome: 'not-executed',
    causes: [
      'all app pools together are larger than the role limit or max_connections',
      'sessions left by crashed or leaking clients',
      'a deployment that starts new replicas before the old ones are gone',
    ],
    nextStep:
      'Add up replicas × app pool (or poolers × max_db_connections) and keep the sum below the role limit; see ' +
      'who holds the sessions in pg_stat_activity by role and application.',
  },
  {
    id: 'pool-wait',
    title: 'No connection of the app pool came free in time',
    outcome: 'not-executed',
    causes: [
      'connections are held too long: a call to another service inside a transaction, a missing release',
      'two connections per request (nested checkout)',
      'more concurrent work than the app pool can carry',
      'logins too slow at start',
    ],
    nextStep:
      'Look at who holds the connections (sessions idle in transaction, use time) before making the pool ' +
      'larger; then bound the concurrency.',
  },
  {
    id: 'pool-empty',
    title: 'The app pool had no connection at all',
    outcome: 'not-executed',
    causes: [
      'the database or pooler refuses or ends connections, so the pool cannot fill: a restart, an idle limit, no slot',
      'a pool that is used before its first connection is made',
    ],
    nextStep:
      'Find what ended or refused the connections: the first errors before this one, or its own "Caused by". A ' +
      'larger pool changes nothing.',
  },
  {
    id: 'pool-closed',
    title: 'The app pool is closed',
    outcome: 'not-executed',
    causes: ['work that comes in while the service shuts down', 'a pool that is closed, or not opened, too early'],
    nextStep: 'Stop taking work before the pool is closed; open the pool once, before the first request.',
  },
  {
    id: 'pool-leak',
    title: 'A connection was kept for too long',
    outcome: 'unknown',
    causes: [
      'a connection that is never given back',
      'work that really takes that long: see the stack it was taken at',
    ],
    nextStep: 'The stack beside the line shows where the connection was taken: give it back on every path.',
  },
  {
    id: 'pooler-wait',
    title: 'The pooler had no server connection, or no client slot, to give',
    outcome: 'not-executed',
    causes: [
      "the pooler's pool (default_pool_size, max_db_connections) is too small for the transactions' length",
      'long or idle transactions hold server connections',
      'max_client_conn is below the sum of all app pools',
      'the pooler is paused or the database unreachable',
    ],
    nextStep:
      'Compare cl_waiting and maxwait with sv_active in SHOW POOLS; shorten transactions, then raise the pool; ' +
      'keep max_client_conn above replicas × app pool plus probes.',
  },
  {
    id: 'pooler-down',
    title: 'The pooler is stopping, or cannot log in to the database',
    outcome: 'not-executed',
    causes: [
      'the pooler was restarted or its database disabled',
      'Postgres was down or refused logins, and the pooler waits server_login_retry before it tries again',
    ],
    nextStep:
      "Look at the pooler's log for the cause of the failed login; retry with a pause; lower " +
      'server_login_retry where failover must be quick.',
  },
  {
    id: 'pool-mode',
    title: 'Session state met transaction pooling',
    outcome: 'rolled-back',
    causes: [
      'named prepared statements through a pooler in transaction mode that does not track them (PgBouncer ' +
        'before 1.21, or max_prepared_statements = 0)',
      'SET, LISTEN or advisory locks through the same pooler',
      "bind parameters of another client's statement",
    ],
    nextStep:
      'Turn named statements off in the driver or max_prepared_statements on in PgBouncer; give LISTEN and ' +
      'session locks a direct connection.',
  },
  {
    id: 'lost-notification',
    title: 'A notification came to a connection that nobody had',
    outcome: 'ran',
    causes: [
      'LISTEN through a pooler in transaction mode: its server connection goes on listening when it is lent to ' +
        'others, and what it hears while nobody has it is thrown away',
    ],
    nextStep:
      'Give LISTEN a direct connection, or a pooler in session mode. Neither who listens nor who notifies is told: ' +
      'look for work that waits for the next poll.',
  },
  {
    id: 'stale-plan',
    title: 'A prepared statement outlived a change of the schema',
    outcome: 'rolled-back',
    causes: [
      'a migration changed the result of a statement that had been prepared before, by the driver or by PgBouncer ' +
        'for its clients',
    ],
    nextStep:
      'Repeat it on a new connection. After a migration renew all of them: RECONNECT in the pooler (its prepared ' +
      'statements outlive a restart of the service), or a restart of the app pools. Name columns instead of SELECT *.',
  },
];
