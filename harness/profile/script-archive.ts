/**
 * A stranger's script as k6 itself packs it up (`k6 archive`): all files that it reads while it loads (modules, data),
 * and its options as they would be in force, with the variables and the command line that the run will have.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa, type Result } from 'execa';
import { z } from 'zod';
import { environmentError, usageError } from '../errors.ts';
import { typedOf, type K6Option } from '../tools/k6-arguments.ts';
import { complaintOfK6, environmentForScript } from '../tools/k6-output.ts';
import { asArguments, type ScriptVariable } from '../tools/k6-variables.ts';
import { viewOfScript } from '../tools/script-view.ts';
import type { Tool } from '../tools/tool.ts';

const packLimitMs = 60_000;
/** Options that only `k6 run` has. */
const onlyOfRun = new Set(['out', 'no-usage-report', 'features', 'address', 'quiet', 'verbose']);

export interface ScriptInputs {
  variables: readonly ScriptVariable[];
  options: readonly K6Option[];
}

/** Options and files; `hash` is one of all files, wherever their folder is. */
export interface PackedScript {
  options: Record<string, unknown>;
  hash: string;
  /** One of its files names the variable that says where the service is. */
  readsTarget: boolean;
}

const metadata = z.object({ options: z.record(z.string(), z.unknown()), pwd: z.string() });

const refuse = (
  file: string,
  { timedOut, exitCode, stderr }: Pick<Result, 'timedOut' | 'exitCode'> & { stderr: string },
): Error => {
  const name = path.basename(file);
  if (timedOut) return environmentError(`k6 could not load ${name} within ${packLimitMs / 1000} s`);
  const said = complaintOfK6(stderr);
  const details = stderr.trim().slice(-2000);
  // An unknown option, or one with a wrong value, was refused before the script was looked at.
  if (/^(unknown (shorthand )?flag|invalid argument)/.test(said))
    return usageError(`k6 refuses what follows --: ${said}`, details);
  if (exitCode === undefined) return environmentError(`k6 could not be started to look at ${name}`, details);
  return usageError(`the script ${name} does not load: ${said}`, details);
};

const pack = async (file: string, k6: Tool, { variables, options }: ScriptInputs, archive: string): Promise<void> => {
  const given = typedOf(options.filter(({ name }) => !onlyOfRun.has(name)));
  const result = await execa(
    k6.path,
    [
      'archive',
      '--log-format',
      'raw',
      '--no-color',
      '--exclude-env-vars',
      '--include-system-env-vars',
      '-O',
      archive,
    ].concat(asArguments(variables), given, file),
    { env: environmentForScript(k6), extendEnv: false, timeout: packLimitMs, reject: false, stdin: 'ignore' },
  );
  if (result.timedOut || result.exitCode !== 0) throw refuse(file, result);
};

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(path.join(folder, file)).isFile())
    .sort();

/** Each file by its place beside the script, so that another checkout of the same has the same hash. */
const hashOf = (folder: string, home: string, more: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const file of filesOf(folder).filter((one) => one !== 'metadata.json' && one !== 'data')) {
    const place = file.startsWith('file/') ? path.relative(home, file.slice('file'.length)) : file;
    hash.update(`${place}\n`).update(
      createHash('sha256')
        .update(readFileSync(path.join(folder, file)))
        .digest(),
    );
  }
  for (const text of more) hash.update(text);
  return hash.digest('hex').slice(0, 16);
};

const targetVariable = 'TARGET_URL';

const namesTarget = (folder: string): boolean =>
  filesOf(folder)
    .filter((file) => file !== 'metadata.json')
    .some((file) => readFileSync(path.join(folder, file)).includes(targetVariable));

const unpacked = async (archive: string): Promise<string> => {
  const folder = `${archive}.files`;
  mkdirSync(folder);
  await execa('tar', ['-xf', archive, '-C', folder]);
  return folder;
};

/** What of the options file is not in force is still a file of the script's. */
const optionsFiles = (options: readonly K6Option[]): string[] =>
  options.flatMap(({ name, value }) => (name === 'config' && value !== null ? [readFileSync(value, 'utf8')] : []));

/** Throws a usage error with the script's own words, and their line, where it does not load. */
export const packScript = async (file: string, k6: Tool, inputs: ScriptInputs): Promise<PackedScript> => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'pgsurge-script-'));
  try {
    const archive = path.join(scratch, 'script.tar');
    await pack(viewOfScript(file, path.join(scratch, 'view')), k6, inputs, archive);
    const folder = await unpacked(archive);
    const { options, pwd } = metadata.parse(JSON.parse(readFileSync(path.join(folder, 'metadata.json'), 'utf8')));
    const hash = hashOf(folder, pwd.replace(/^file:\/\//, ''), optionsFiles(inputs.options));
    return { options, hash, readsTarget: namesTarget(folder) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};
