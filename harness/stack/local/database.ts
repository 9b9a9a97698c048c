import { appendFileSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Address } from '../../servers/address.ts';
import type { PostgresConnection } from '../../servers/postgres/connection.ts';
import { unprivilegedUser } from '../../system/users.ts';
import type { OwnedProcess } from '../../system/process.ts';
import type { Workspace } from '../../system/workspace.ts';
import type { Tool } from '../../tools/tool.ts';
import { commonSettings, readSettings } from '../database-settings.ts';
import { connectOwner } from '../owner.ts';
import { startStatements, type RoleName } from '../roles.ts';
import type { StackSpec } from '../stack.ts';
import type { StackContext } from '../start.ts';
import { startPart, type Part } from './part.ts';
import { copyCluster, type Template } from './template.ts';

/** sun_path of a Unix socket holds 108 bytes, of which `/.s.PGSQL.<port>` and the zero take 16. */
const longestSocketFolder = 92;

const settingsFor = (
  spec: StackSpec,
  address: Address,
  socketFolder: string,
  hasStatements: boolean,
): Record<string, string> => ({
  listen_addresses: address.host,
  port: String(address.port),
  unix_socket_directories: socketFolder.length <= longestSocketFolder ? socketFolder : '',
  // In the data folder, not in /dev/shm, where a kill -9 would leave it.
  dynamic_shared_memory_type: 'mmap',
  ...commonSettings(spec, hasStatements),
});

const asConfiguration = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');

export interface DatabaseOptions {
  postgres: Tool;
  template: Template;
  spec: StackSpec;
  address: Address;
  folder: string;
  logFile: string;
  workspace: Workspace;
  onLost: StackContext['onLost'];
  passwords: Record<RoleName, string>;
}

/** Postgres says so itself in line 8 of postmaster.pid: asking by connecting would fill its log with FATAL lines. */
const saysReady = (dataFolder: string, pid: number): boolean => {
  const lines = readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
};

export interface StartedDatabase {
  part: Part;
  settings: Record<string, string>;
}

/** A copy of the template's cluster with this run's settings; gives its folder. */
const makeCluster = async ({ template, spec, address, folder, workspace }: DatabaseOptions): Promise<string> => {
  const user = unprivilegedUser();
  const dataFolder = path.join(folder, 'data');
  const socketFolder = path.join(folder, 'socket');
  const configuration = asConfiguration(settingsFor(spec, address, socketFolder, template.hasStatements));
  mkdirSync(socketFolder, { mode: 0o700 });
  if (user !== null) chownSync(socketFolder, user.uid, user.gid);
  workspace.registerDataFolder(dataFolder);
  await copyCluster(template.dataFolder, dataFolder);
  appendFileSync(path.join(dataFolder, 'postgresql.conf'), `\n# pgsurge\n${configuration}`);
  return dataFolder;
};

const spawnPostgres = ({ postgres, folder, logFile, workspace }: DatabaseOptions, dataFolder: string): OwnedProcess =>
  workspace.spawn('postgres', path.join(postgres.path, 'postgres'), ['-D', dataFolder], {
    ...unprivilegedUser(),
    cwd: folder,
    logFile,
    env: postgres.env,
    // SIGQUIT: an immediate end that still takes the shared memory along; the data is thrown away anyhow.
    stopSignal: 'SIGQUIT',
  });

/** Gives the roles this run's passwords and limits; gives back the settings in force. */
const setUp = async (owner: PostgresConnection, options: DatabaseOptions): Promise<Record<string, string>> => {
  const { template, spec, passwords } = options;
  await owner.query(startStatements(passwords, spec.roles));
  const settings = await readSettings(owner, spec);
  if (template.hasStatements) await owner.query('SELECT pg_stat_statements_reset()');
  return settings;
};

/** A fresh cluster out of the template, on loopback, with this run's passwords and limits. */
export const startDatabase = async (options: DatabaseOptions): Promise<StartedDatabase> => {
  const { template, address, logFile, passwords, onLost } = options;
  const dataFolder = await makeCluster(options);
  // The template's until this run's are set, which the first start is there for.
  let ownerPassword = template.ownerPassword;
  const part = await startPart({
    component: 'database',
    instance: 0,
    title: 'Postgres',
    logFile,
    readyLimitMs: 30_000,
    onLost,
    spawn: () => spawnPostgres(options, dataFolder),
    ready: async ({ pid }) => {
      if (!saysReady(dataFolder, pid)) return false;
      await using _owner = await connectOwner(address, ownerPassword);
      return true;
    },
  });
  try {
    await using owner = await connectOwner(address, ownerPassword);
    const settings = await setUp(owner, options);
    ownerPassword = passwords.owner;
    return { part, settings };
  } catch (error) {
    await part[Symbol.asyncDispose]();
    throw error;
  }
};
