/** The cluster that every start copies: initdb and the roles take a second, a copy takes a tenth of one. */
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { environmentError, messageOf } from '../../errors.ts';
import type { PostgresConnection } from '../../servers/postgres/connection.ts';
import { cacheFolder } from '../../system/cache.ts';
import { unprivilegedUser } from '../../system/users.ts';
import type { Workspace } from '../../system/workspace.ts';
import type { Tool } from '../../tools/tool.ts';
import { connectOwner } from '../owner.ts';
import { databaseName, newPassword, roleNames, templateStatements } from '../roles.ts';
import { startPart, type Part } from './part.ts';

export interface Template {
  dataFolder: string;
  /** The owner's until a start changes it; the file it is kept in is readable by this user only. */
  ownerPassword: string;
  hasStatements: boolean;
}

/** Of every provider's cluster; `--username` and its value first. */
export const initdbArguments = [
  '--username',
  roleNames.owner,
  '--auth-host=scram-sha-256',
  '--auth-local=scram-sha-256',
  '--data-checksums',
  '--encoding=UTF8',
  // The builtin provider sorts alike on every machine, whatever its locales.
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--no-sync',
  '--no-instructions',
];

const templateFolder = (postgres: Tool): string => {
  const recipe = JSON.stringify([
    initdbArguments,
    templateStatements,
    postgres.from === 'environment' ? postgres.path : '',
    unprivilegedUser()?.uid ?? process.getuid?.(),
  ]);
  return path.join(
    cacheFolder(),
    'templates',
    `postgres-${postgres.version}-${createHash('sha256').update(recipe).digest('hex').slice(0, 12)}`,
  );
};

export const readTemplate = (folder: string): Template | null => {
  try {
    const { ownerPassword, hasStatements } = JSON.parse(
      readFileSync(path.join(folder, 'template.json'), 'utf8'),
    ) as Omit<Template, 'dataFolder'>;
    return { dataFolder: path.join(folder, 'data'), ownerPassword, hasStatements };
  } catch {
    return null;
  }
};

const initdbError = (logFile: string, code: number | null): Error => {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-10);
  const complaint =
    lines.find((line) => line.startsWith('initdb: '))?.slice('initdb: '.length) ??
    `exit ${code ?? 'by signal, after at most 60 s'}`;
  return environmentError(`the template database cannot be made: ${complaint}`, lines.join('\n'));
};

const initdb = async (postgres: Tool, workspace: Workspace, folder: string, password: string): Promise<void> => {
  const user = unprivilegedUser();
  const passwordFile = path.join(folder, 'password');
  const logFile = path.join(folder, 'initdb.log');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== null) for (const file of [folder, passwordFile]) chownSync(file, user.uid, user.gid);
  const process = workspace.spawn(
    'initdb',
    path.join(postgres.path, 'initdb'),
    ['--pgdata', path.join(folder, 'data'), '--pwfile', passwordFile, ...initdbArguments],
    { ...user, cwd: folder, logFile, env: postgres.env },
  );
  const limit = setTimeout(() => process.kill('SIGKILL'), 60_000);
  const { code } = await process.exited;
  clearTimeout(limit);
  if (code !== 0) throw initdbError(logFile, code);
};

/** On loopback, without durability: what fails half-way is made anew. */
const temporaryServer = (port: number): string[] => {
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', fsync: 'off' };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
};

export const startTemporaryServer = (
  postgres: Tool,
  workspace: Workspace,
  folder: string,
  port: number,
  ready: () => Promise<boolean>,
): Promise<Part> => {
  const logFile = path.join(folder, 'postgres.log');
  return startPart({
    component: 'database',
    instance: 0,
    title: 'Postgres (template)',
    logFile,
    readyLimitMs: 30_000,
    spawn: () =>
      workspace.spawn(
        'postgres (template)',
        path.join(postgres.path, 'postgres'),
        ['-D', path.join(folder, 'data'), ...temporaryServer(port)],
        { ...unprivilegedUser(), cwd: folder, logFile, env: postgres.env, stopSignal: 'SIGINT' },
      ),
    ready,
  });
};

/** Makes the roles and the database; gives whether this Postgres has pg_stat_statements. */
const fillTemplate = async (owner: PostgresConnection): Promise<boolean> => {
  for (const statement of templateStatements) await owner.query(statement);
  const available = await owner.query("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_stat_statements'");
  return available.length > 0;
};

/** Makes roles, database and extension; gives whether the extension could be made. */
const fill = async (postgres: Tool, workspace: Workspace, folder: string, password: string): Promise<boolean> => {
  const [port = 0] = await workspace.freePorts(1);
  const connect = (database: string): Promise<PostgresConnection> =>
    connectOwner({ host: '127.0.0.1', port }, password, database);
  await using _server = await startTemporaryServer(postgres, workspace, folder, port, async () => {
    await using _owner = await connect('postgres');
    return true;
  });
  // A database cannot be renamed from within, so the owner is not in the one that becomes the service's.
  const outside = await connect('template1');
  const hasStatements = await fillTemplate(outside).finally(() => outside[Symbol.asyncDispose]());
  if (!hasStatements) return false;
  await using inside = await connect(databaseName);
  await inside.query('CREATE EXTENSION pg_stat_statements');
  return true;
};

/** Whole or not at all: from the folder in which a cluster was made to the place of a template. */
export const keepTemplate = async (
  folder: string,
  place: string,
  known: Omit<Template, 'dataFolder'>,
): Promise<void> => {
  const part = `${place}.${process.pid}.part`;
  mkdirSync(part, { recursive: true, mode: 0o700 });
  await copyCluster(path.join(folder, 'data'), path.join(part, 'data'));
  writeFileSync(path.join(part, 'template.json'), JSON.stringify(known), { mode: 0o600 });
  try {
    renameSync(part, place);
  } catch (error) {
    // Another run may have made it meanwhile: then theirs is as good.
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
  rmSync(folder, { recursive: true, force: true });
};

const build = async (postgres: Tool, workspace: Workspace, place: string): Promise<void> => {
  const folder = path.join(workspace.folder, 'template');
  mkdirSync(folder, { mode: 0o700 });
  const ownerPassword = newPassword();
  await initdb(postgres, workspace, folder, ownerPassword);
  const hasStatements = await fill(postgres, workspace, folder, ownerPassword);
  await keepTemplate(folder, place, { ownerPassword, hasStatements });
};

const fullDisk = ': the disk is full; free some space, or set TMPDIR to a larger disk';

/** Owner and mode kept; shares blocks where the file system can. */
export const copyCluster = async (from: string, to: string): Promise<void> => {
  const result = await execa('cp', ['-a', '--reflink=auto', from, to], { reject: false, timeout: 60_000 });
  if (!result.failed) return;
  const full = (result.stderr ?? '').includes('No space left');
  throw environmentError(
    `the database's files cannot be copied to ${to}${full ? fullDisk : ''}`,
    result.stderr || messageOf(result),
  );
};

/** The cached template for this Postgres, made if missing (once, some 2 s). */
export const resolveTemplate = async (
  postgres: Tool,
  workspace: Workspace,
  log: (line: string) => void,
): Promise<Template> => {
  const folder = templateFolder(postgres);
  const cached = readTemplate(folder);
  if (cached !== null) return cached;
  log(`making the template database in ${folder}, once`);
  await build(postgres, workspace, folder);
  const made = readTemplate(folder);
  if (made === null)
    throw environmentError(`the template database in ${folder} cannot be read; remove that folder and try again`);
  return made;
};
