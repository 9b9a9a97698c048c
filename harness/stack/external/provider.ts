/** A service, its database, and perhaps a pooler, that pgsurge did not start: looked at, never changed. */
import { statSync } from 'node:fs';
import { environmentError, messageOf, usageError } from '../../errors.ts';
import { askPostgres } from '../../servers/postgres/connection.ts';
import { stackConsole } from '../poolers.ts';
import { defaultStackSpec } from '../spec.ts';
import type { Component, RunningService, StackPooler, StackSpec, StartedStack } from '../stack.ts';
import type { StackContext } from '../start.ts';
import { usageBehind } from './listener.ts';
import type { ExternalOptions } from './options.ts';

/** Slots that must be free beside the two connections that are held: the last ones are for whoever comes to mend. */
const freeSlotsLeft = 3;
const heldConnections = 2;

interface Database extends Record<string, unknown> {
  version: string;
  maxConnections: number;
  usable: number;
  sessions: number;
  role: string;
  roleLimit: number;
  monitor: boolean;
  idleSessionMs: number | null;
}

const question = `
  SELECT current_setting('server_version') AS version,
         current_setting('max_connections')::int AS "maxConnections",
         current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true)::int, 0) AS usable,
         (SELECT count(*)::int FROM pg_stat_activity
          WHERE backend_type = 'client backend' OR (backend_type IS NULL AND usename IS NOT NULL)) AS sessions,
         current_user AS role,
         (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS "roleLimit",
         (SELECT setting::int FROM pg_settings WHERE name = 'idle_session_timeout') AS "idleSessionMs",
         pg_has_role(current_user, 'pg_monitor', 'member') AS monitor`;

const look = async (url: string): Promise<Database> => {
  const limits = { connectMs: 5000, answerMs: 5000 };
  try {
    const [row] = await askPostgres<Database>({ url, application: 'pgsurge-probe', limits }, question);
    return row!;
  } catch (error) {
    throw environmentError(`the database of --database-url cannot be asked: ${messageOf(error)}`);
  }
};

const addressOf = (text: string, port: number): { host: string; port: number } => {
  const url = new URL(text);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || port) };
};

const nameOf = (databaseUrl: string): string => decodeURIComponent(new URL(databaseUrl).pathname.slice(1));

/** Whatever it answers, it lives; nothing at all is no service, and would be the fastest of all. */
const mustAnswer = async (url: string): Promise<void> => {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(5000), redirect: 'manual' })).arrayBuffer();
  } catch (error) {
    throw environmentError(
      `nothing answers at --target-url ${url} (${messageOf((error as Error).cause ?? error)}): ` +
        'start the service first; a dead one would be the fastest of all',
    );
  }
};

/** Looked at only: its log from here on, and the CPU of its process where that is on this machine. */
const componentOf = (name: Component['name'], usage: Component['usage'], logFile: string | null = null): Component => ({
  name,
  instance: 0,
  budget: null,
  logFile,
  ...(logFile === null ? {} : { logStartBytes: statSync(logFile).size }),
  usage,
  kill: () => Promise.reject(new Error("what is the user's is never killed")),
  start: () => Promise.reject(new Error("what is the user's is never started")),
});

const serviceOf = ({ targetUrl, serviceLog }: ExternalOptions): RunningService => ({
  url: targetUrl ?? '',
  components: [componentOf('service', usageBehind(targetUrl), serviceLog)],
});

/** A pooler may answer at the database's port, too: each is known by its name. */
const componentsOf = ({ databaseUrl, poolerAdminUrl }: ExternalOptions): Component[] => [
  componentOf('database', usageBehind(databaseUrl, /^postgres/)),
  ...(poolerAdminUrl === null ? [] : [componentOf('pooler', usageBehind(poolerAdminUrl, /^pgbouncer/))]),
];

/** Refuses to go on where the probes would take the last slots. */
const leaveSlots = ({ usable, sessions }: Database): void => {
  const free = usable - sessions;
  if (free >= heldConnections + freeSlotsLeft) return;
  throw environmentError(
    `the database has ${free} connection slots left of ${usable}; the probes hold ${heldConnections} ` +
      `and leave ${freeSlotsLeft}: free some, or raise max_connections`,
  );
};

const specOf = ({ maxConnections, roleLimit }: Database, { poolerAdminUrl }: ExternalOptions): StackSpec => ({
  ...defaultStackSpec,
  maxConnections,
  roles: { ...defaultStackSpec.roles, app: { connectionLimit: roleLimit } },
  poolers: poolerAdminUrl === null ? 0 : 1,
});

type Settings = StartedStack['settings'];

/** The pooler may have others for the database of the service than for all. */
const poolerSettings = async ({ poolerAdminUrl, databaseUrl }: ExternalOptions): Promise<Settings> => {
  if (poolerAdminUrl === null) return {};
  const console = stackConsole('pgbouncer', poolerAdminUrl);
  const databases = await console.databases();
  const only = databases.length === 1 ? databases[0] : undefined;
  const own = databases.find(({ name }) => name === nameOf(databaseUrl)) ?? only;
  return {
    ...(await console.settings()),
    ...(own?.mode == null ? {} : { 'pgbouncer.pool_mode': own.mode }),
    ...(own?.poolSize == null ? {} : { 'pgbouncer.default_pool_size': String(own.poolSize) }),
  };
};

/** A console that does not answer is told by the collectors, as a source that is lost. */
const settingsOf = async (database: Database, external: ExternalOptions): Promise<Settings> => ({
  'postgres.max_connections': database.maxConnections,
  'postgres.usable_slots': database.usable,
  ...(database.idleSessionMs === null ? {} : { 'postgres.idle_session_timeout_ms': database.idleSessionMs }),
  'probe.role': database.role,
  'probe.pg_monitor': database.monitor,
  ...(await poolerSettings(external).catch(() => ({}))),
});

const hiddenFrom = ({ role, monitor }: Database): string | null =>
  monitor
    ? null
    : `role ${role} has not pg_monitor: state and waits of other roles' sessions cannot be seen ` +
      `(GRANT pg_monitor TO ${role})`;

/** PgBouncer is the only product that can be asked so far. */
const poolersOf = ({ poolerAdminUrl }: ExternalOptions): StackPooler[] =>
  poolerAdminUrl === null
    ? []
    : [{ ...addressOf(poolerAdminUrl, 6432), product: 'pgbouncer', adminUrl: poolerAdminUrl, logFile: null }];

/** The probes have a way to the database; nobody else has one by us. */
const urlsOf = ({ databaseUrl }: ExternalOptions): Pick<StartedStack, 'databaseUrl' | 'serviceUrl'> => ({
  databaseUrl: (role) => {
    if (role === 'probe') return databaseUrl;
    throw usageError('nothing but looking is done to a database that pgsurge did not create');
  },
  serviceUrl: () => {
    throw usageError('the service finds its own way to its database');
  },
});

const describe = (
  database: Database,
  external: ExternalOptions,
  settings: Settings,
  logsFolder: string,
): StartedStack => ({
  provider: 'external',
  spec: specOf(database, external),
  versions: { postgres: database.version },
  settings,
  hidden: hiddenFrom(database),
  database: {
    ...addressOf(external.databaseUrl, 5432),
    name: nameOf(external.databaseUrl),
  },
  ...urlsOf(external),
  poolers: poolersOf(external),
  toxiproxy: null,
  taps: external.tapUrls.map((url) => ({ url, hop: null })),
  partner: null,
  components: componentsOf(external),
  runningService: serviceOf(external),
  logsFolder,
  [Symbol.asyncDispose]: async () => undefined,
});

/** Nothing is started: one request to the service, if its URL is known, and one short connection to look. */
export const startProvider = async (
  _spec: StackSpec,
  { external, logsFolder }: StackContext,
): Promise<StartedStack> => {
  if (external === undefined)
    throw usageError(
      '--stack external is a service of your own: pgsurge run path/to/script.ts --stack external --database-url …',
    );
  if (external.targetUrl !== null) await mustAnswer(external.targetUrl);
  const database = await look(external.databaseUrl);
  leaveSlots(database);
  return describe(database, external, await settingsOf(database, external), logsFolder);
};
