/** A team's own postgresql.conf and pgbouncer.ini, as settings by name. What they include is not followed. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '../errors.ts';

export const readOf = (folder: string, field: string, file: string): string => {
  const place = path.resolve(folder, file);
  if (!existsSync(place)) throw usageError(`${field} is ${JSON.stringify(file)}, and there is no file ${place}`);
  return readFileSync(place, 'utf8');
};

export interface ServerFile {
  settings: Record<string, string>;
  /** Names that belong to the machine it was written for. */
  leftOut: string[];
}

const sorted = (all: Readonly<Record<string, string>>, isOfMachine: (name: string) => boolean): ServerFile => {
  const entries = Object.entries(all);
  return {
    settings: Object.fromEntries(entries.filter(([name]) => !isOfMachine(name))),
    leftOut: entries.map(([name]) => name).filter(isOfMachine),
  };
};

/** Where it listens, what it loads, whom it lets in, where it writes: all of this is the stack's own. */
const postgresOfMachine =
  /^(include.*|listen_addresses|port|data_directory|hba_file|ident_file|external_pid_file|unix_socket_.*|ssl.*|krb_.*|archive_.*|restore_command|primary_.*|recovery_.*|cluster_name|shared_preload_libraries|dynamic_shared_memory_type|log_(destination|directory|filename|line_prefix|timezone|lock_waits|rotation_.*|truncate_.*)|logging_collector|syslog_.*|event_source|lc_.*|timezone|stats_temp_directory|bonjour.*|huge_pages|password_encryption|default_text_search_config)$/;

const unquoted = (value: string): string =>
  value.startsWith("'") ? value.slice(1, value.lastIndexOf("'")).replaceAll("''", "'") : value.split('#')[0]!.trim();

export const readPostgresConf = (text: string): ServerFile => {
  const lines = text.split('\n').flatMap((line) => {
    const [, name, value] = /^\s*([a-z_][\w.]*)(?:\s*=\s*|\s+)(.+?)\s*$/i.exec(line) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), unquoted(value!)] as const];
  });
  return sorted(Object.fromEntries(lines), (name) => postgresOfMachine.test(name));
};

const poolerOfMachine =
  /^(%include|listen_.*|unix_socket_.*|peer_id|logfile|pidfile|user|auth_.*|admin_users|stats_users|service_name|client_tls_.*|server_tls_.*|syslog.*|job_name|conffile|resolv_conf|dns_.*|so_reuseport|log_connections|log_disconnections|log_pooler_errors)$/;

/** What a line of [databases] says beside where the database is. */
const databaseOfMachine = /^(host|port|dbname|user|password|auth_.*|connect_query|client_encoding|datestyle|timezone)$/;

const wordsOf = (line: string): Record<string, string> =>
  Object.fromEntries(
    [...line.matchAll(/(\w+)\s*=\s*('[^']*'|\S+)/g)].map(([, name, value]) => [name, unquoted(value!)]),
  );

export interface PoolerFile extends ServerFile {
  /** Of its first database: pool_size, pool_mode … */
  database: Record<string, string>;
}

export const readPgbouncerIni = (text: string): PoolerFile => {
  let section = '';
  const settings: Record<string, string> = {};
  const databases: Record<string, string>[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) section = header;
    if (line === '' || /^[;#[]/.test(line)) continue;
    const [, name, value] = /^(\S+?)\s*=\s*(.*)$/.exec(line) ?? [undefined, line.split(/\s/)[0]!, ''];
    if (section === 'pgbouncer') settings[name!] = value!;
    else if (section === 'databases') databases.push(wordsOf(value!));
  }
  const database = sorted(databases[0] ?? {}, (name) => databaseOfMachine.test(name)).settings;
  return { ...sorted(settings, (name) => poolerOfMachine.test(name)), database };
};
