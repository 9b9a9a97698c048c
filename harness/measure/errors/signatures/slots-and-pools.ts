/** Who has no slot or no free connection of an app pool to give. */
import type { Signature } from '../signature.ts';

export const noSlot: readonly Signature[] = [
  {
    family: 'no-slot',
    by: 'Postgres (53300)',
    pattern: /sorry, too many clients already/i,
    example: 'sorry, too many clients already',
  },
  {
    family: 'no-slot',
    by: 'Postgres up to 15 (53300)',
    pattern: /remaining connection slots are reserved for non-replication/i,
    example: 'remaining connection slots are reserved for non-replication superuser connections',
  },
  {
    family: 'no-slot',
    by: 'Postgres 16 and newer (53300)',
    pattern: /remaining connection slots are reserved/i,
    example: 'remaining connection slots are reserved for roles with the SUPERUSER attribute',
  },
  {
    family: 'no-slot',
    by: 'Postgres, role limit (53300)',
    pattern: /too many connections for (role|database)/i,
    example: 'too many connections for role "app"',
    note: 'The limit is that of ALTER ROLE … CONNECTION LIMIT (or of the database), not max_connections.',
  },
];

export const poolWait: readonly Signature[] = [
  {
    family: 'pool-wait',
    by: 'node-pg (pg-pool)',
    pattern: /timeout exceeded when trying to connect/i,
    example: 'timeout exceeded when trying to connect',
  },
  {
    family: 'pool-wait',
    by: 'HikariCP',
    pattern: /Connection is not available, request timed out after/i,
    example:
      'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, ' +
      'idle=0, waiting=12)',
  },
  {
    family: 'pool-wait',
    by: 'SQLx',
    pattern: /pool timed out while waiting for an open connection/i,
    example: 'pool timed out while waiting for an open connection',
  },
  {
    family: 'pool-wait',
    by: 'psycopg_pool',
    pattern: /couldn't get a connection after/i,
    example: "couldn't get a connection after 30.00 sec",
  },
  {
    family: 'pool-wait',
    by: 'SQLAlchemy',
    pattern: /QueuePool limit of size \d+ overflow/i,
    example: 'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
  },
  {
    family: 'pool-wait',
    by: 'Npgsql',
    pattern: /connection pool has been exhausted/i,
    example:
      "The connection pool has been exhausted, either raise 'Max Pool Size' (currently 100) or 'Timeout' " +
      '(currently 15 seconds) in your connection string.',
  },
  {
    family: 'pool-wait',
    by: 'Prisma (P2024)',
    pattern: /Timed out fetching a new connection from the connection pool|\bP2024\b/i,
    example:
      'Timed out fetching a new connection from the connection pool. (Current connection pool timeout: 10, ' +
      'connection limit: 5)',
  },
  {
    family: 'pool-wait',
    by: 'Sequelize',
    pattern: /ConnectionAcquireTimeoutError|ResourceRequest timed out/i,
    example: 'SequelizeConnectionAcquireTimeoutError: Operation timeout',
  },
  {
    family: 'pool-wait',
    by: 'Knex',
    pattern: /Timeout acquiring a connection/i,
    example:
      'Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?',
  },
  {
    family: 'pool-wait',
    by: 'ActiveRecord',
    pattern: /could not obtain a connection from the pool within/i,
    example:
      'could not obtain a connection from the pool within 5.000 seconds (waited 5.001 seconds); all pooled ' +
      'connections were in use',
  },
  {
    family: 'pool-wait',
    by: 'pgx (pgxpool)',
    pattern: /acquire.*(context deadline exceeded|context canceled)/i,
    example: 'failed to acquire connection: context deadline exceeded',
  },
  {
    family: 'pool-wait',
    by: 'Ecto (DBConnection)',
    pattern: /connection not available and request was dropped from queue/i,
    example: 'connection not available and request was dropped from queue after 1012ms',
  },
  {
    family: 'pool-wait',
    by: 'Commons DBCP',
    pattern: /Timeout waiting for idle object/i,
    example: 'Cannot get a connection, pool error Timeout waiting for idle object',
  },
  {
    family: 'pool-wait',
    by: 'the reference service',
    pattern: /ErrPoolSaturated|pool saturated/i,
    example: 'ErrPoolSaturated: 37 of 37 connections in use',
  },
];
