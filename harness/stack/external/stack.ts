/** A database, and perhaps a pooler, that pgsurge did not start: looked at, never changed. */
import pg from 'pg';
import { environmentError, messageOf, usageError } from '../../errors.ts';
import { defaultStackSpec } from '../spec.ts';
import type { StartedStack } from '../stack.ts';

export interface ExternalStackOptions {
  databaseUrl: string;
  poolerAdminUrl: string | null;
  logsFolder: string;
}

/** Slots that must be free beside the two connections that are held: the last ones are for whoever comes to mend. */
const freeSlotsLeft = 3;
const heldConnections = 2;

interface Seen {
  version: string;
  maxConnections: number;
  usable: number;
  sessions: number;
  role: string;
  roleLimit: number;
  monitor: boolean;
}

const question = `
  SELECT current_setting('server_version') AS version,
         current_setting('max_connections')::int AS "maxConnections",
         current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true)::int, 0) AS usable,
         (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' OR (backend_type IS NULL AND usename IS NOT NULL)) AS sessions,
         current_user AS role,
         (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS "roleLimit",
         pg_has_role(current_user, 'pg_monitor', 'member') AS monitor`;

const look = async (url: string): Promise<Seen> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    query_timeout: 5000,
    application_name: 'pgsurge-probe',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const {
      rows: [row],
    } = await client.query<Seen>(question);
    return row!;
  } catch (error) {
    throw environmentError(`the database of --database-url cannot be asked: ${messageOf(error)}`);
  } finally {
    await client.end().catch(() => undefined);
  }
};

const addressOf = (text: string, port: number): { host: string; port: number } => {
  const url = new URL(text);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || port) };
};

/** What could not be seen for want of a right; said on the page. */
export interface ExternalStack extends StartedStack {
  readonly hidden: string | null;
  readonly usableSlots: number;
}

/** One short connection to look; refuses to go on where the probes would take the last slots. */
export const externalStack = async ({
  databaseUrl,
  poolerAdminUrl,
  logsFolder,
}: ExternalStackOptions): Promise<ExternalStack> => {
  const seen = await look(databaseUrl);
  const free = seen.usable - seen.sessions;
  if (free < heldConnections + freeSlotsLeft) {
    throw environmentError(
      `the database has ${free} connection slots left of ${seen.usable}; the probes hold ${heldConnections} and leave ${freeSlotsLeft}: free some, or raise max_connections`,
    );
  }
  return {
    provider: 'external',
    spec: {
      ...defaultStackSpec,
      maxConnections: seen.maxConnections,
      roleConnectionLimit: seen.roleLimit,
      poolers: poolerAdminUrl === null ? 0 : 1,
    },
    versions: { postgres: seen.version },
    settings: {
      'postgres.max_connections': seen.maxConnections,
      'postgres.usable_slots': seen.usable,
      'probe.role': seen.role,
      'probe.pg_monitor': seen.monitor,
    },
    hidden: seen.monitor
      ? null
      : `role ${seen.role} has not pg_monitor: state and waits of other roles' sessions cannot be seen (GRANT pg_monitor TO ${seen.role})`,
    usableSlots: seen.usable,
    database: { ...addressOf(databaseUrl, 5432), name: decodeURIComponent(new URL(databaseUrl).pathname.slice(1)) },
    databaseUrl: (role) => {
      if (role === 'probe') return databaseUrl;
      throw usageError('nothing but looking is done to a database that pgsurge did not create');
    },
    serviceUrl: () => {
      throw usageError('the service finds its own way to its database');
    },
    poolers:
      poolerAdminUrl === null ? [] : [{ ...addressOf(poolerAdminUrl, 6432), adminUrl: poolerAdminUrl, logFile: null }],
    toxiproxy: null,
    components: [],
    logsFolder,
    [Symbol.asyncDispose]: async () => undefined,
  };
};
