import { postgresUrl } from '../address.ts';
import type { Pooler } from '../pooler.ts';
import { consoleDatabase, pgbouncerConsole } from './console.ts';
import { isClientGone, readLogEvent } from './log.ts';
import { adminUser, configuration } from './settings.ts';
import { signalsOf } from './signals.ts';

export const pgbouncer: Pooler = {
  title: 'PgBouncer',
  adminUser,
  adminUrl: (address, password) => postgresUrl(address, { user: adminUser, password, database: consoleDatabase }),
  configuration,
  console: pgbouncerConsole,
  signals: signalsOf,
  readLogEvent,
  isClientGone,
};
