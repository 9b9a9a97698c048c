/** Runs a release's own migrations against the stack's database, as its owner. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SettingValues } from '../../scenarios/lib/declaration.ts';
import { environmentError } from '../errors.ts';
import { moduleIn } from '../own-modules.ts';
import type { StartedStack } from '../stack/stack.ts';
import { waitUntil } from '../system/wait.ts';
import type { Workspace } from '../system/workspace.ts';
import { settingsVariables } from './placement.ts';

export interface MigrationOptions {
  stack: StartedStack;
  workspace: Workspace;
  logsFolder: string;
  folder: string;
  settings: SettingValues;
}

const roleOf = (url: string): string => decodeURIComponent(new URL(url).username);
const limitMs = 30_000;

const environmentOf = ({ stack, workspace, settings }: MigrationOptions): Record<string, string> => ({
  NODE_COMPILE_CACHE: path.join(workspace.folder, 'compile-cache'),
  DATABASE_URL: stack.databaseUrl('owner'),
  PGSURGE_ROLES: (['app', 'listen', 'batch'] as const).map((role) => roleOf(stack.databaseUrl(role))).join(','),
  PGSURGE_READERS: roleOf(stack.databaseUrl('probe')),
  ...settingsVariables(settings),
});

/** Resolves when the schema and its grants are in place; throws an environmentError with the migration's own words. */
export const migrate = async (options: MigrationOptions): Promise<void> => {
  const { workspace, logsFolder, folder } = options;
  const logFile = path.join(logsFolder, 'migrate.log');
  const migration = workspace.spawn('migrations', process.execPath, ['--no-warnings', moduleIn(folder, 'migrate')], {
    env: environmentOf(options),
    logFile,
  });
  await waitUntil('the end of the migrations', () => migration.ended !== null, {
    limitMs,
    fail: environmentError,
  }).finally(() => migration.stop({ graceMs: 0 }));
  if (migration.ended?.code === 0) return;
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5);
  throw environmentError(
    `the service's ${lines.at(-1)?.replace(/^\S+ ERROR /, '') ?? 'migrations failed'}`,
    lines.join('\n'),
  );
};
