/** Sessions ended since they were idle, by each layer that may do so: what helps differs with the layer. */
import type { Signature } from '../signature.ts';

const recycle =
  'Let the app pool close or test idle connections before the other side does (idle timeout and lifetime below its ' +
  'limit, pool_pre_ping, keepalive), or raise that limit. The size of the pool is not the cause.';

export const idleTimeouts: readonly Signature[] = [
  {
    family: 'idle-timeout',
    by: 'Postgres (25P03)',
    pattern: /idle-in-transaction timeout|idle_in_transaction_session_timeout/i,
    example: 'terminating connection due to idle-in-transaction timeout',
    causes: [
      'a transaction was left open while the program did something else: a call to a partner, a forgotten COMMIT',
    ],
    nextStep:
      'Find what runs between BEGIN and COMMIT that is no query, and move it out. Statements that follow on a new ' +
      'connection run outside the transaction: the driver must refuse them.',
  },
  {
    family: 'idle-timeout',
    by: 'Postgres (57P05)',
    pattern: /idle-session timeout/i,
    example: 'terminating connection due to idle-session timeout',
    outcome: 'not-executed',
    causes: ["Postgres' idle_session_timeout is shorter than the time that the app pool or pooler keeps a connection"],
    nextStep: recycle,
  },
  {
    family: 'idle-timeout',
    by: 'Postgres 17 and newer (25P04)',
    pattern: /terminating connection due to transaction timeout/i,
    example: 'terminating connection due to transaction timeout',
    causes: ['a transaction lasted longer than transaction_timeout, whether it worked or waited'],
    nextStep: 'See what the transaction did all that time; split it, or move what is no query out of it.',
  },
  {
    family: 'idle-timeout',
    by: 'PgBouncer (08P01)',
    pattern: /\bclient_idle_timeout\b/i,
    example: 'client_idle_timeout',
    outcome: 'not-executed',
    note: 'The pooler had closed the idle client before this statement came.',
    causes: ['client_idle_timeout is shorter than the time that the app pool keeps a connection'],
    nextStep:
      'Let the app pool recycle connections sooner than client_idle_timeout and test them on checkout ' +
      '(pool_pre_ping), or set client_idle_timeout to 0. The size of the pool is not the cause.',
  },
  {
    family: 'idle-timeout',
    by: 'PgBouncer, pgcat, Odyssey',
    pattern: /idle transaction timeout|idle in transaction timeout/i,
    example: 'idle transaction timeout',
    causes: ["the pooler's idle_transaction_timeout: a transaction was left open while the program did something else"],
    nextStep: 'Find what runs between BEGIN and COMMIT that is no query, and move it out.',
  },
  {
    family: 'idle-timeout',
    by: 'Odyssey',
    pattern: /dropped by Odyssey due to idle timeout/i,
    example: 'Connection was dropped by Odyssey due to idle timeout',
    outcome: 'not-executed',
    causes: ["Odyssey's idle timeout for clients is shorter than the time that the app pool keeps a connection"],
    nextStep: recycle,
  },
];
