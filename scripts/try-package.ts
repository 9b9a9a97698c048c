/**
 * The package's whole path, as a team takes it: packed, installed into a folder of its own on whatever Node lies on the
 * PATH, and the tutorial's own lines run there. What CI does not have of the tools, the first run gets.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { $ } from 'zx';
import { root } from './house/sources.ts';

const mostBytes = 1.5e6;
const firstLines = ['npx pgsurge --version', 'npx pgsurge doctor --fix'];

interface Step {
  line: string;
  exitCode: number;
  /** The criterion that must fail. */
  criterion: string | null;
}

const stepOf = (text: string): Step => {
  const [line = '', promise = ''] = text.split('#').map((part) => part.trim());
  const promised = /^exit code (\d): ([\w-]+)$/.exec(promise);
  return { line, exitCode: Number(promised?.[1] ?? 0), criterion: promised?.[2] ?? null };
};

const tutorial = (): Step[] =>
  [...readFileSync(path.join(root, 'docs/tutorial.md'), 'utf8').matchAll(/^ {4}\$ (.+)$/gm)].map(([, line]) =>
    stepOf(line!),
  );

/** Without the packages of the checkout: their Node is not that of the team. */
const ownPath = (process.env['PATH'] ?? '').split(':').filter((part) => !part.includes('node_modules'));

const packed = async (folder: string): Promise<string> => {
  const { stdout } = await $({ cwd: root, quiet: true })`npm pack --json --pack-destination ${folder}`;
  const [made] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [{ filename: string }];
  const file = path.join(folder, made.filename);
  const { size } = statSync(file);
  console.log(`${made.filename}: ${(size / 1000).toFixed(0)} kB`);
  if (size > mostBytes) throw new Error(`the package is larger than ${mostBytes / 1e6} MB`);
  return file;
};

interface Entry {
  criteria: { id: string; verdict: string }[];
  phases: { kind: string; startMs: number; endMs: number }[];
}

const latestIn = (folder: string): Entry[] =>
  (JSON.parse(readFileSync(path.join(folder, 'reports/latest/run.json'), 'utf8')) as { scenarios: Entry[] }).scenarios;

const failedIn = (folder: string): string[] =>
  latestIn(folder).flatMap(({ criteria }) => criteria.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id));

/** As scenarios/team/matrix.ts has it at least; a timer may fire some ms early. */
const restMs = 4000;
const earlyMs = 50;

/** k6 has no users in a rest and leaves it early: what was given back in it is known only if it was looked at. */
const checkRest = (folder: string): void => {
  const rests = latestIn(folder).flatMap(({ phases }) => phases.filter(({ kind }) => kind === 'rest'));
  const short = rests.find(({ startMs, endMs }) => endMs - startMs < restMs - earlyMs);
  if (short !== undefined) throw new Error(`a rest was looked at for ${short.endMs - short.startMs} of ${restMs} ms`);
};

const take = async ({ line, exitCode, criterion }: Step, folder: string, archive: string): Promise<void> => {
  const from = performance.now();
  const command = line.replace(/--save-dev pgsurge$/, `--save-dev ${archive}`);
  console.log(`\n$ ${command}`);
  const env = { ...process.env, PATH: ownPath.join(':') };
  const ended = await $({ cwd: folder, env, stdio: 'inherit', nothrow: true })`bash -c ${command}`;
  console.log(`(${((performance.now() - from) / 1000).toFixed(1)} s)`);
  if (ended.exitCode !== exitCode) throw new Error(`${line}: exit code ${ended.exitCode}, not ${exitCode}`);
  if (line.startsWith('npx pgsurge run')) checkRest(folder);
  const failed = criterion === null ? [] : failedIn(folder);
  if (criterion !== null && !failed.includes(criterion))
    throw new Error(`${line}: ${criterion} did not fail, but ${failed.join(', ')}`);
};

/** What an editor sees of the package: the config's and the journey's types, by the declarations that are packed. */
const checkTypes = async (shop: string): Promise<void> => {
  mkdirSync(path.join(shop, 'node_modules/@types'), { recursive: true });
  symlinkSync(path.join(root, 'node_modules/@types/k6'), path.join(shop, 'node_modules/@types/k6'));
  const options = '--noEmit --strict --module nodenext --moduleResolution nodenext --target es2023 --types k6'.split(
    ' ',
  );
  await $({ cwd: shop, stdio: 'inherit' })`tsc ${options} pgsurge.config.ts load/journey.ts`;
};

const only = process.argv[2];
const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-package-'));
try {
  const archive = await packed(folder);
  const shop = path.join(folder, 'shop');
  cpSync(path.join(root, 'examples/node'), shop, { recursive: true });
  const [install, installUs, ...others] = tutorial();
  const wanted = others.filter(
    ({ line }) => only === undefined || !line.startsWith('npx pgsurge run') || line.endsWith(only),
  );
  for (const step of [install!, installUs!, ...firstLines.map(stepOf)]) await take(step, shop, archive);
  await checkTypes(shop);
  for (const step of wanted) await take(step, shop, archive);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
