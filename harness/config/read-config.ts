/** Finds and reads a team's pgsurge.config; what is wrong with it is told in one line (exit 2). */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, usageError } from '../errors.ts';
import { ownModule } from '../own-modules.ts';
import type { PgsurgeConfig } from './config.ts';
import { complaintOf } from './fields.ts';
import { configShape } from './shape.ts';

export interface ReadConfig {
  /** As it was typed or found. */
  file: string;
  /** Paths in it are beside this folder. */
  folder: string;
  config: PgsurgeConfig;
}

const names = [
  'pgsurge.config.ts',
  'pgsurge.config.mts',
  'pgsurge.config.js',
  'pgsurge.config.mjs',
  'pgsurge.config.json',
];

/** `import … from 'pgsurge'` in a config is the pgsurge that reads it, installed beside the service or not. */
const knowOurselves = (): Disposable => {
  const own = ownModule(new URL('./config.ts', import.meta.url)).href;
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'pgsurge' ? { url: own, shortCircuit: true } : next(specifier, context),
  });
  return { [Symbol.dispose]: () => hooks.deregister() };
};

const imported = async (file: string): Promise<unknown> => {
  using _hooks = knowOurselves();
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (module.default === undefined) throw new Error('it has no default export: export default defineConfig({ … })');
  return module.default;
};

const valueOf = async (file: string): Promise<unknown> => {
  try {
    return file.endsWith('.json') ? JSON.parse(readFileSync(file, 'utf8')) : await imported(file);
  } catch (error) {
    throw usageError(`${path.basename(file)} cannot be read: ${messageOf(error)}`);
  }
};

/** The config of a folder, or null; two of them are one too many. */
export const configFileIn = (folder: string): string | null => {
  const found = names.filter((name) => existsSync(path.join(folder, name)));
  if (found.length > 1) throw usageError(`${found.join(' and ')} lie side by side: keep one of them`);
  return found[0] === undefined ? null : path.join(folder, found[0]);
};

export const parseConfig = (value: unknown, file: string): PgsurgeConfig => {
  const parsed = configShape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw usageError(`${path.basename(file)}: ${complaintOf(value, parsed.error.issues)}`);
};

export const readConfig = async (file: string): Promise<ReadConfig> => {
  const absolute = path.resolve(file);
  if (!existsSync(absolute)) throw usageError(`there is no config ${file}`);
  return { file, folder: path.dirname(absolute), config: parseConfig(await valueOf(absolute), file) };
};
