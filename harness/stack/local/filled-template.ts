/** A team's database as it is before its service comes: made once, kept by the hash of all that fills it. */
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Filling } from '../../config/own-stack.ts';
import { environmentError, messageOf } from '../../errors.ts';
import type { PostgresConnection } from '../../servers/postgres/connection.ts';
import { unprivilegedUser } from '../../system/users.ts';
import type { Tool } from '../../tools/tool.ts';
import { urlOf } from '../addresses.ts';
import { connectOwner } from '../owner.ts';
import { newPasswords, startStatements, unlimited, type RoleName } from '../roles.ts';
import type { StackSpec } from '../stack.ts';
import type { StackContext } from '../start.ts';
import { fillFromSeed } from './seed.ts';
import { copyCluster, keepTemplate, readTemplate, startTemporaryServer, type Template } from './template.ts';

const noLimits = { app: { connectionLimit: unlimited }, listen: { connectionLimit: unlimited } };

const makeExtension = async (owner: PostgresConnection, name: string): Promise<void> => {
  try {
    await owner.query(`CREATE EXTENSION IF NOT EXISTS "${name.replaceAll('"', '""')}" CASCADE`);
  } catch (error) {
    throw environmentError(
      `the extension ${name} cannot be made: ${messageOf(error)}; give stack.postgres.bin of a Postgres 18 ` +
        'that has it, or start your own database and service and give service: { url, databaseUrl }',
    );
  }
};

const runSql = async (owner: PostgresConnection, { file, text }: Filling['sql'][number]): Promise<void> => {
  try {
    await owner.query(text);
  } catch (error) {
    throw environmentError(`${file} of stack.postgres.sql fails: ${messageOf(error)}`);
  }
};

const fill = async (
  filling: Filling,
  port: number,
  passwords: Record<RoleName, string>,
  { workspace, logsFolder }: StackContext,
  postgres: Tool,
): Promise<void> => {
  const address = { host: '127.0.0.1', port };
  await using owner = await connectOwner(address, passwords.owner);
  for (const extension of filling.extensions) await makeExtension(owner, extension);
  for (const one of filling.sql) await runSql(owner, one);
  if (filling.seed === null) return;
  const url = urlOf(address, 'app', passwords);
  await fillFromSeed(filling.seed, { url, workspace, logFile: path.join(logsFolder, 'seed.log'), postgres });
};

/** A copy of the empty template, filled while a server of its own runs on it. */
const build = async (
  empty: Template,
  filling: Filling,
  place: string,
  postgres: Tool,
  context: StackContext,
): Promise<void> => {
  const folder = path.join(context.workspace.folder, 'filled');
  const user = unprivilegedUser();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  if (user !== null) chownSync(folder, user.uid, user.gid);
  context.workspace.registerDataFolder(path.join(folder, 'data'));
  await copyCluster(empty.dataFolder, path.join(folder, 'data'));
  const [port = 0] = await context.workspace.freePorts(1);
  const passwords = newPasswords();
  let { ownerPassword } = empty;
  const connect = (): Promise<PostgresConnection> => connectOwner({ host: '127.0.0.1', port }, ownerPassword);
  {
    await using _server = await startTemporaryServer(postgres, context.workspace, folder, port, async () => {
      await using _owner = await connect();
      return true;
    });
    await using owner = await connect();
    await owner.query(startStatements(passwords, noLimits));
    ownerPassword = passwords.owner;
    await fill(filling, port, passwords, context, postgres);
  }
  await keepTemplate(folder, place, { ownerPassword, hasStatements: empty.hasStatements });
};

/** Each change of a seed makes another; the newest few are kept. */
const mostKept = 5;

const forget = (templates: string, newest: string): void => {
  const filled = readdirSync(templates)
    .filter((name) => name.startsWith('filled-') && !name.endsWith('.part') && path.join(templates, name) !== newest)
    .map((name) => path.join(templates, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of filled.slice(mostKept - 1)) rmSync(old, { recursive: true, force: true });
};

/** The empty template where nothing fills it. */
export const filledTemplate = async (
  empty: Template,
  postgres: Tool,
  { own }: StackSpec,
  context: StackContext,
): Promise<Template> => {
  const filling = own?.filling ?? null;
  if (filling === null) return empty;
  const ofEmpty = path.dirname(empty.dataFolder);
  const place = path.join(path.dirname(ofEmpty), `filled-${path.basename(ofEmpty)}-${filling.hash}`);
  if (!existsSync(place)) {
    context.log('filling the database from stack.postgres, once for these files');
    await build(empty, filling, place, postgres, context);
    forget(path.dirname(ofEmpty), place);
  }
  const made = readTemplate(place);
  if (made === null)
    throw environmentError(`the template database in ${place} cannot be read; remove that folder and try again`);
  return made;
};
