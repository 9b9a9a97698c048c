/** Who has no slot to give. */
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
  {
    family: 'no-slot',
    by: 'Prisma (P2037)',
    pattern: /Too many database connections opened|\bP2037\b/,
    example: 'Too many database connections opened: the limit of the server is reached',
  },
];
