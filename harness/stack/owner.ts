import { postgresUrl, type Address } from '../servers/address.ts';
import { connectPostgres, type PostgresConnection } from '../servers/postgres/connection.ts';
import { databaseName, roleNames } from './roles.ts';

/** What the stack asks of a database that starts is quick; the limit is for one that stands still. */
const limits = { connectMs: 2000, answerMs: 60_000 };

/** The stack's own session on the database, as its owner; `database` where it is not the service's. */
export const connectOwner = (
  address: Address,
  password: string,
  database: string = databaseName,
): Promise<PostgresConnection> =>
  connectPostgres({
    url: postgresUrl(address, { user: roleNames.owner, password, database }),
    application: 'pgsurge-stack',
    limits,
    // Where a run turns it off, a crash would otherwise take the roles' passwords along with what the service wrote.
    settings: { synchronous_commit: 'on' },
  });
