/** The stack that a team's config asks for: their files and settings, over what a server has by itself. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { EnvironmentDeclaration } from '../../scenarios/lib/declaration.ts';
import type { PoolerSettings } from '../../scenarios/lib/pooler-settings.ts';
import { usageError } from '../errors.ts';
import type { Command, DatabaseVariables, PgsurgeConfig, PoolerConfig, PostgresConfig } from './config.ts';
import type { OwnService } from './own-service.ts';
import { asPoolerSettings } from './pooler-names.ts';
import { readOf, readPgbouncerIni, readPostgresConf } from './server-files.ts';

/** What fills the database before the service is there. */
export interface Filling {
  extensions: string[];
  /** Run by the database's owner. */
  sql: { file: string; text: string }[];
  seed: { dump: string } | { command: Command; cwd: string; database: DatabaseVariables } | null;
  /** Of all that it reads: the same hash is the same database. */
  hash: string;
}

/** What of a team's stack is no setting that our own scenarios have. */
export interface OwnStackParts {
  postgresBin: string | null;
  filling: Filling | null;
  /** Lines of [pgbouncer], and of its database, in PgBouncer's own words. */
  poolerLines: Record<string, string>;
  poolerDatabase: Record<string, string>;
}

export interface OwnStack {
  environment: EnvironmentDeclaration;
  parts: OwnStackParts;
  /** What of their files is not used, in words. */
  notes: string[];
}

const major = 18;
const poolerOfPgbouncer: PoolerSettings = {
  mode: 'session',
  poolSize: 20,
  maxDbConnections: 0,
  maxClientConn: 100,
  maxPreparedStatements: 200,
};
const usualPooler: PoolerSettings = {
  mode: 'transaction',
  poolSize: 20,
  maxClientConn: 1000,
  maxPreparedStatements: 200,
};

const textsOf = (values: PostgresConfig['settings'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asSetting(value)]));

const asSetting = (value: string | number | boolean): string => {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
};

/** What can do what a stack that pgsurge starts cannot. */
const ownStackAdvice = 'start your own database and service, and give service: { url, databaseUrl }';
const withoutTls = 'a stack that pgsurge starts has no TLS';

const isOn = (value: string | number | boolean | undefined): boolean =>
  /^(on|true|yes|1)$/i.test(String(value ?? 'off'));

const mustDoWithoutTls = ({ settings }: PostgresConfig): void => {
  if (isOn(settings?.['ssl'])) throw usageError(`stack.postgres.settings.ssl: ${withoutTls}: ${ownStackAdvice}`);
};

/** In a file of production it is usual, and no mistake: it is told. */
const tlsNotes = (file: string, text: string): string[] => {
  const asks = /^\s*(ssl\s*=?\s*'?(on|true|yes|1)\b|(client|server)_tls_sslmode\s*=\s*(allow|prefer|require|verify))/im;
  return asks.test(text) ? [`${file} asks for TLS, and ${withoutTls}: to load it with TLS, ${ownStackAdvice}`] : [];
};

const mustBeHere = ({ version, bin }: PostgresConfig): void => {
  if (version === undefined || version === major) return;
  throw usageError(
    `stack.postgres.version is ${version}${bin === undefined ? '' : ` (${bin})`}; a stack that pgsurge starts runs ` +
      `Postgres ${major}: start your own ${version} and the service on it, and give service: { url, databaseUrl }`,
  );
};

const hashOf = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

const seedOf = ({ seed }: PostgresConfig, folder: string, database: DatabaseVariables): Filling['seed'] => {
  if (seed === undefined) return null;
  if (typeof seed === 'object') return { command: seed.command, cwd: folder, database };
  return { dump: path.resolve(folder, seed) };
};

const seedContent = ({ seed }: PostgresConfig, folder: string): unknown => {
  if (seed === undefined) return null;
  if (typeof seed === 'string') return readOf(folder, 'stack.postgres.seed', seed);
  return [seed.command, (seed.files ?? []).map((file) => readOf(folder, 'stack.postgres.seed.files', file))];
};

const fillingOf = (postgres: PostgresConfig, folder: string, database: DatabaseVariables): Filling | null => {
  const { extensions = [], sql: files = [] } = postgres;
  const sql = files.map((file) => ({ file, text: readOf(folder, 'stack.postgres.sql', file) }));
  const seed = seedOf(postgres, folder, database);
  if (extensions.length === 0 && sql.length === 0 && seed === null) return null;
  return { extensions, sql, seed, hash: hashOf([extensions, sql, seed, seedContent(postgres, folder)]) };
};

const leftOutNotes = (file: string, leftOut: readonly string[]): string[] =>
  leftOut.length === 0 ? [] : [`left out of ${file}: ${leftOut.join(', ')} (the stack has its own)`];

interface PoolerParts {
  pooler: PoolerSettings;
  lines: Record<string, string>;
  database: Record<string, string>;
  notes: string[];
}

/** Their file is PgBouncer's own defaults and its lines; without one it is a pool of twenty by transaction. */
const poolerOf = ({ ini, poolers: _, ...settings }: PoolerConfig, folder: string): PoolerParts => {
  if (ini === undefined) return { pooler: { ...usualPooler, ...settings }, lines: {}, database: {}, notes: [] };
  const text = readOf(folder, 'stack.pooler.ini', ini);
  const { settings: lines, database, leftOut } = readPgbouncerIni(text);
  const notes = [...leftOutNotes(ini, leftOut), ...tlsNotes(ini, text)];
  const ofFile = asPoolerSettings(lines);
  return { pooler: { ...poolerOfPgbouncer, ...ofFile.settings, ...settings }, lines: ofFile.others, database, notes };
};

const settingsOf = (
  { conf, settings }: PostgresConfig,
  folder: string,
): { settings: Record<string, string>; notes: string[] } => {
  if (conf === undefined) return { settings: textsOf(settings), notes: [] };
  const text = readOf(folder, 'stack.postgres.conf', conf);
  const { settings: ofFile, leftOut } = readPostgresConf(text);
  const notes = [...leftOutNotes(conf, leftOut), ...tlsNotes(conf, text)];
  return { settings: { ...ofFile, ...textsOf(settings) }, notes };
};

/** Postgres' own. */
const usualConnections = 100;
const unlimited = -1;

export const ownStackOf = ({ stack = {} }: PgsurgeConfig, service: OwnService): OwnStack => {
  const { postgres = {}, pooler = {}, linkMs = 0 } = stack;
  const { folder } = service;
  mustBeHere(postgres);
  mustDoWithoutTls(postgres);
  const { max_connections: connections, ...further } = settingsOf(postgres, folder).settings;
  const parts = poolerOf(pooler === false ? {} : pooler, folder);
  const route = pooler === false ? 'direct' : (stack.route ?? 'pooler');
  return {
    environment: {
      route,
      replicas: service.api.replicas,
      stack: {
        maxConnections: Number(connections ?? usualConnections),
        poolers: pooler === false ? 0 : (pooler.poolers ?? 1),
        linkMs,
        postgres: further,
      },
      pooler: parts.pooler,
      roles: {
        app: { connectionLimit: postgres.roleConnectionLimit ?? unlimited },
        listen: { connectionLimit: unlimited },
      },
    },
    parts: {
      postgresBin: postgres.bin === undefined ? null : path.resolve(folder, postgres.bin),
      filling: fillingOf(postgres, folder, service.database),
      poolerLines: parts.lines,
      poolerDatabase: parts.database,
    },
    notes: [...settingsOf(postgres, folder).notes, ...parts.notes],
  };
};
