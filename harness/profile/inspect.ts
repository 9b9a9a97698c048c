import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { environmentError, messageOf, usageError } from '../errors.ts';
import { firstLineOfK6, k6Environment } from '../tools/k6-output.ts';
import type { Tool } from '../tools/tool.ts';
import { parseDeclaration } from './declaration.ts';

const libraryFolder = fileURLToPath(new URL('../../scenarios/lib', import.meta.url));
/** k6 takes 35–50 ms for it on an idle core; the rest is for a busy machine. */
const inspectLimitMs = 20_000;

/** Of the script and of the library it stands on: two runs with one hash had the same load. */
const hashOf = (file: string): string => {
  const library = readdirSync(libraryFolder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort();
  const hash = createHash('sha256').update(readFileSync(file));
  for (const name of library) hash.update(name).update(readFileSync(path.join(libraryFolder, name)));
  return hash.digest('hex').slice(0, 16);
};

const askK6 = (file: string, k6: Tool) =>
  execa(k6.path, ['inspect', '--log-format', 'raw', file], {
    env: k6Environment(k6),
    extendEnv: false,
    timeout: inspectLimitMs,
    reject: false,
    stdin: 'ignore',
  });

/** Throws where k6 did not answer, or answered that the script does not load. */
const refuseSilence = (result: Awaited<ReturnType<typeof askK6>>, name: string, k6: Tool): void => {
  if (result.timedOut)
    throw environmentError(
      `k6 inspect ${name} gave no answer within ${inspectLimitMs / 1000} s: is the machine overloaded?`,
    );
  if (result.exitCode === undefined)
    throw environmentError(
      `k6 could not be started (${result.shortMessage}): check ${k6.path}`,
      undefined,
      result.cause,
    );
  if (result.exitCode !== 0)
    throw usageError(`scenario ${name} does not load: ${firstLineOfK6(result.stderr)}`, result.stderr.trim());
};

const inspect = async (file: string, k6: Tool): Promise<unknown> => {
  const name = path.basename(file);
  const result = await askK6(file, k6);
  refuseSilence(result, name, k6);
  try {
    return (JSON.parse(result.stdout) as { ext?: { pgsurge?: unknown } }).ext?.pgsurge;
  } catch (error) {
    throw environmentError(`k6 inspect ${name} printed no JSON (${messageOf(error)}): is ${k6.path} k6 v2?`);
  }
};

export interface InspectedScenario {
  declaration: ScenarioDeclaration;
  scenarioHash: string;
}

/** A scenario is found by its file: its id and its group are the file's and the folder's names. */
const refuseMisplaced = ({ id, group }: ScenarioDeclaration, file: string): void => {
  const name = path.basename(file);
  if (`${id}.ts` !== name)
    throw usageError(`scenario ${name}: id "${id}" is not the file's name; call it "${path.parse(file).name}"`);
  const folder = path.basename(path.dirname(file));
  if (['matrix', 'incidents', 'chaos'].includes(folder) && folder !== group)
    throw usageError(`scenario ${name}: group "${group}" is not its folder's name "${folder}"`);
};

/** The declaration that a script carries, checked. Wrong ones end in one line that names the place (exit 2). */
export const inspectScenario = async (file: string, k6: Tool): Promise<InspectedScenario> => {
  const name = path.basename(file);
  const value = await inspect(file, k6);
  if (value === undefined || value === null)
    throw usageError(
      `scenario ${name} declares nothing: its options must come from defineScenario (scenarios/lib/define.ts)`,
    );
  const parsed = parseDeclaration(value);
  if (!parsed.ok) throw usageError(`scenario ${name}: ${parsed.findings[0]}`, parsed.findings.join('\n'));
  refuseMisplaced(parsed.declaration, file);
  return { declaration: parsed.declaration, scenarioHash: hashOf(file) };
};
