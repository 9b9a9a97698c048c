/** Fills a team's database from its dump, or by its command, as the role by which its service logs in. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Filling } from '../../config/own-stack.ts';
import { asProgram, commandText, variablesFor } from '../../config/variables.ts';
import { environmentError, messageOf } from '../../errors.ts';
import { connectPostgres } from '../../servers/postgres/connection.ts';
import { runToEnd, type ProgramToRun } from '../../system/run-to-end.ts';
import type { Workspace } from '../../system/workspace.ts';
import type { Tool } from '../../tools/tool.ts';

interface SeedContext {
  url: string;
  workspace: Workspace;
  logFile: string;
  postgres: Tool;
}

const limitMs = 600_000;

const run = (program: Omit<ProgramToRun, 'logFile' | 'limitMs'>, { workspace, logFile }: SeedContext): Promise<void> =>
  runToEnd({ ...program, logFile, limitMs }, workspace);

/** Beside the server's own programs, else where the shell finds it. */
const clientProgram = (name: string, { postgres }: SeedContext): string | null =>
  [postgres.path, ...(process.env['PATH'] ?? '').split(path.delimiter)]
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file)) ?? null;

/** Owners and their extensions' comments are of the machine that was dumped; all is the app's here. */
const asOurs = (dump: string): string =>
  dump
    .split('\n')
    .filter((line) => !/^(ALTER .+ OWNER TO .+|COMMENT ON EXTENSION .+|(GRANT|REVOKE) .+);$/.test(line))
    .join('\n');

const connection = (url: string): string[] => {
  const { hostname, port, username, pathname } = new URL(url);
  return ['-h', hostname, '-p', port, '-U', username, '-d', pathname.slice(1)];
};

const passwordOf = (url: string): Record<string, string> => ({ PGPASSWORD: decodeURIComponent(new URL(url).password) });

const needsPsql = (sql: string): boolean => /^(COPY .+ FROM stdin;|\\)/im.test(sql);

const runStatements = async (dump: string, sql: string, { url }: SeedContext): Promise<void> => {
  const limits = { connectMs: 5000, answerMs: limitMs };
  await using app = await connectPostgres({ url, application: 'pgsurge-seed', limits });
  await app.query(sql).catch((error: unknown) => {
    throw environmentError(`the seed ${dump} fails: ${messageOf(error)}`);
  });
};

const restoreSql = async (dump: string, context: SeedContext): Promise<void> => {
  const sql = asOurs(readFileSync(dump, 'utf8'));
  if (!needsPsql(sql)) return runStatements(dump, sql, context);
  const psql = clientProgram('psql', context);
  if (psql === null)
    throw environmentError(
      `the seed ${dump} holds COPY data, which needs psql: install it, or dump with pg_dump --inserts`,
    );
  const file = path.join(context.workspace.folder, 'seed.sql');
  writeFileSync(file, sql, { mode: 0o600 });
  const args = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', ...connection(context.url), '-f', file];
  await run({ title: `the seed ${dump}`, file: psql, args, env: passwordOf(context.url) }, context);
};

const restoreArchive = async (dump: string, context: SeedContext): Promise<void> => {
  const file = clientProgram('pg_restore', context);
  if (file === null)
    throw environmentError(`the seed ${dump} needs pg_restore: install it, or dump with pg_dump --inserts to a .sql`);
  const args = ['--no-owner', '--no-privileges', '--no-comments', '--exit-on-error', ...connection(context.url), dump];
  await run({ title: `the seed ${dump}`, file, args, env: passwordOf(context.url) }, context);
};

export const fillFromSeed = async (seed: NonNullable<Filling['seed']>, context: SeedContext): Promise<void> => {
  if ('dump' in seed)
    return seed.dump.endsWith('.sql') ? restoreSql(seed.dump, context) : restoreArchive(seed.dump, context);
  const { command, cwd, database } = seed;
  const places = { databaseUrl: context.url, directUrl: context.url };
  const title = `the seed "${commandText(command)}"`;
  await run({ title, ...asProgram(command, places), cwd, env: variablesFor(database, {}, places) }, context);
};
