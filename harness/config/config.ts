/**
 * What a team writes into pgsurge.config.ts (or .js, .json): their service, the stack under it, the load on it. It is
 * the package's main entry, so it holds types and one function, and uses nothing of the harness.
 *
 * `harness/config/shape.ts` checks the same at run time, and docs/config.md says it in one line a field.
 */
import type { PoolerSettings } from '../../scenarios/lib/pooler-settings.ts';

/** A line for the shell, or a program and its arguments. Both may hold the placeholders of docs/config.md. */
export type Command = string | string[];

/** Names of the environment variables by which the service learns where its database is. */
export interface DatabaseVariables {
  /** postgres://user:password@host:port/name, by the stack's route. */
  url?: string;
  /** The same, past the pooler: for LISTEN, and for migrations of the service's own. */
  directUrl?: string;
  /** jdbc:postgresql://host:port/name, without user and password. */
  jdbcUrl?: string;
  host?: string;
  port?: string;
  name?: string;
  user?: string;
  password?: string;
}

/** How a started process is known to serve. */
export interface Ready {
  /** A path that answers 2xx. */
  path?: string;
  /** A text that it writes to its output. */
  log?: string;
  /** How long it may take; default 60. */
  seconds?: number;
}

export interface Stop {
  /** Default SIGTERM. */
  signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP';
  /** How long its whole process tree may take; default 10. Then SIGKILL. */
  seconds?: number;
}

/** Cores and memory that one process tree may use; headroom is judged against it. */
export interface Budget {
  cores: number;
  memoryMiB: number;
}

interface ProcessConfig {
  command: Command;
  /** How many of it; default 1. */
  replicas?: number;
  /** Over those of the shell that pgsurge was called from. */
  environment?: Record<string, string | number | boolean>;
  /** Beside the config file; default: its folder. */
  cwd?: string;
  ready?: string | Ready;
  stop?: Stop;
  budget?: Budget;
}

/** A process beside the one that answers requests: a worker, a scheduler. */
export type BesideConfig = ProcessConfig;

export interface ServiceConfig extends ProcessConfig {
  /**
   * Name of the variable that tells it on which port to listen (default PORT), or the one port on which it always does.
   */
  port?: string | number;
  /** Name of the variable that holds the database's URL (default DATABASE_URL), or names of several. */
  database?: string | DatabaseVariables;
  /** Run once on the empty database, before anything else of the service. */
  migrate?: Command;
  /** Installs and builds a release in its own folder: for `--against REF`, which checks one out. */
  prepare?: Command;
  /** Further processes, by name. They get the same variables but the port. */
  processes?: Record<string, BesideConfig>;
}

/** A service that runs elsewhere and is only looked at: what `--stack external` takes on the command line. */
export interface RunningElsewhere {
  /** Base URL of the service. */
  url: string;
  databaseUrl: string;
  poolerAdminUrl?: string;
  log?: string;
  tapUrls?: string[];
  /** Receive its OpenTelemetry metrics on this port. */
  otlpPort?: number;
  /** Hosts other than this machine that you own and may load. */
  allowHosts?: string[];
}

export interface PostgresConfig {
  /** Major version that must run. */
  version?: number;
  /** Folder of another Postgres 18 that holds postgres, initdb and pg_ctl. */
  bin?: string;
  /** Your own postgresql.conf; what names places of its machine is left out. */
  conf?: string;
  /** Settings over the file's. */
  settings?: Record<string, string | number | boolean>;
  /** CONNECTION LIMIT of the role by which the service logs in; default: none. */
  roleConnectionLimit?: number;
  /** Made by the database's owner, before anything else. */
  extensions?: string[];
  /** Files of SQL, run by the database's owner, after the extensions. */
  sql?: string[];
  /** A dump (.sql, or one of pg_dump -Fc) or a command that fills the database; kept as a template by its hash. */
  seed?: string | { command: Command; files?: string[] };
}

export interface PoolerConfig extends PoolerSettings {
  /** Your own pgbouncer.ini; what names places and users of its machine is left out. */
  ini?: string;
  /** How many poolers; default 1. */
  poolers?: number;
}

export interface StackConfig {
  postgres?: PostgresConfig;
  /** false: the service dials the database itself. */
  pooler?: PoolerConfig | false;
  /** How the service reaches the database; default pooler. */
  route?: 'pooler' | 'direct';
  /** Stated round trip from the service to what it dials; default 0. */
  linkMs?: number;
}

export interface LoadConfig {
  /** A k6 script; one whose options come from `matrix` of pgsurge/k6 is run as its four rows. */
  script: string;
  /** For the script, as `-e NAME=VALUE`; `{targetUrl}`, `{targetHost}` and `{targetPort}` are where the service is. */
  variables?: Record<string, string | number | boolean>;
  /** Options of k6, as behind `--`. */
  options?: string[];
}

export interface BoundConfig {
  value?: number;
  comparator?: '<' | '<=' | '=' | '>=' | '>';
  /** Why it is not judged; the page shows it. */
  notApplicable?: string;
}

/** A failure that is accepted for a while. */
export interface WaiverConfig {
  criterion: string;
  bound?: number;
  reason: string;
  /** The last day, as 2026-12-31. */
  until: string;
}

export interface PgsurgeConfig {
  /** Of the run's page; default: the folder's name. */
  name?: string;
  /** `reference`, the default, is the service that pgsurge brings along. */
  service?: ServiceConfig | RunningElsewhere | 'reference';
  stack?: StackConfig;
  /** A k6 script, or the script with what it is given. */
  load?: string | LoadConfig;
  /** Bounds by the criterion's id (docs/criteria.md). */
  criteria?: Record<string, number | BoundConfig>;
  waivers?: WaiverConfig[];
}

/** Gives the config back as it is: it is there for your editor to know the fields. */
export const defineConfig = (config: PgsurgeConfig): PgsurgeConfig => config;
