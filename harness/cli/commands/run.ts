import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { CommandModule } from '../cli.ts';
import { configFileIn } from '../../config/read-config.ts';
import { usageError } from '../../errors.ts';
import { partFrom, type PlanPart } from '../../profile/parts.ts';
import { profiles } from '../../profile/profiles.ts';
import { silentProgress, terminalProgress } from '../../run/progress.ts';
import type { RunOptions } from '../../run/request.ts';
import { run } from '../../run/run.ts';
import { flagOf } from '../../stack/external/options.ts';

const count =
  (name: string, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new InvalidArgumentError(`${name} takes a whole number from 1 to ${most}.`);
    return value;
  };

/** Beyond that the load generator would be what is tested. */
const highestLoad = 40;

const loadFactor = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > highestLoad)
    throw new InvalidArgumentError(`--load takes a factor above 0, at most ${highestLoad}.`);
  return value;
};

/** A round trip within one continent; more is an incident of its own. */
const mostLinkMs = 1000;

const linkMsOf = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0) || value > mostLinkMs)
    throw new InvalidArgumentError(`--link-ms takes a number from 0 to ${mostLinkMs}; 0 takes the link away.`);
  return value;
};

const partOf = (text: string): PlanPart => {
  const part = partFrom(text);
  if (part === null) throw new InvalidArgumentError('--part is one of how many, as 2/3.');
  return part;
};

const oneOf =
  <Name extends string>(option: string, names: readonly Name[]) =>
  (text: string): Name => {
    if ((names as readonly string[]).includes(text)) return text as Name;
    throw new InvalidArgumentError(`${option} is one of ${names.join(', ')}.`);
  };

const oneMore = (one: string, all: string[] = []): string[] => [...all, one];

/**
 * Options that may stand beside --resume: they say how the run is told, or where a service of the user's own is, which
 * no run saves. Every other option is the run's own, as it was begun.
 */
const besideResume = [
  'resume',
  'reports',
  'baseline',
  'json',
  'dryRun',
  'databaseUrl',
  'poolerAdminUrl',
  'targetUrl',
  'otlpPort',
  'serviceLog',
  'tapUrl',
  'p95',
  'allowHost',
  'env',
];

const refuseBesideResume = ({ resume }: RunOptions, typed: Command): void => {
  if (resume === undefined) return;
  const names = typed.options.map((option) => option.attributeName());
  const refused = names
    .filter((name) => typed.getOptionValueSource(name) === 'cli' && !besideResume.includes(name))
    .map(flagOf);
  if (refused.length > 0)
    throw usageError(
      `--resume goes on as the run began: leave out ${refused.join(', ')}, or start a new run without --resume`,
    );
};

const profileNames = Object.keys(profiles) as (keyof typeof profiles)[];
const stacks = ['local', 'compose', 'external'] as const;

const addRunOptions = (command: Command): Command =>
  command
    .option(
      '--profile <name>',
      'smoke, nightly or full: how long, at what time scale',
      oneOf('--profile', profileNames),
      'smoke',
    )
    .option('--stack <provider>', 'local, compose or external', oneOf('--stack', stacks), 'local')
    .option('--variant <name>', 'one variant, or all', 'all')
    .option('--repeats <n>', 'how often each, interleaved', count('--repeats', 100), 1)
    .option('--load <factor>', "one row of the matrix at this factor of the baseline's load, as 2.3", loadFactor)
    .option('--part <n/of>', 'one part of the incidents that are asked for, by expected seconds, as 2/3', partOf)
    .option('--resume <run>', 'go on with what a killed or interrupted run had not finished')
    .option('--reports <dir>', 'where runs are saved', 'reports')
    .option('--baseline <run>', 'compare with this saved run at the end')
    .option('--against <dir>', "another release's checkout: both releases interleaved, compared by statistics")
    .option('--seed <n>', 'seed of keys and contents', count('--seed', 2 ** 31 - 1), 1)
    .option('--link-ms <ms>', 'round trip from the service to what it dials; 0 takes the link away', linkMsOf)
    .option('--tap', 'a tap on each hop of the local stack, which tells what connections do; not with containers')
    .option('--config <file>', 'pgsurge.config of your own service; default: the one in this folder')
    .option('--no-config', 'leave the pgsurge.config of this folder alone')
    .option('--dry-run', 'say what would be done: plan, minutes, ports, disk')
    .option('--json', 'print the result as JSON, nothing else');

const addExternalOptions = (command: Command): Command =>
  command
    .option('--database-url <url>', "external: the service's database")
    .option('--pooler-admin-url <url>', "external: PgBouncer's admin console")
    .option('--target-url <url>', 'external: base URL of the service')
    .option(
      '--otlp-port <port>',
      "external: receive the service's OpenTelemetry metrics on this port",
      count('--otlp-port', 65535),
    )
    .option('--service-log <file>', "external: the service's log, whose errors are told by family")
    .option('--tap-url <url>', 'external: metrics of a pgsurge tap; more than one may be given', oneMore)
    .option('--p95 <ms>', 'external: bound of the interactive p95, in ms', count('--p95', 600_000))
    .option(
      '--allow-host <host>',
      'a host other than loopback that may be loaded, of a service of your own',
      oneMore,
      [] as string[],
    )
    .option('-e, --env <NAME=VALUE>', 'a variable for a script of your own; more than one may be given', oneMore, [])
    .addHelpText('after', '\nWhat follows -- goes to k6, for a script of your own: -- --vus 20 --duration 20s');

/** Commander takes what follows `--` for more scenarios. */
const splitAtDashes = (
  words: readonly string[],
  argv: readonly string[],
): { scenarios: string[]; k6Options: string[] } => {
  const dashes = argv.indexOf('--');
  const behind = dashes === -1 ? 0 : argv.length - dashes - 1;
  return { scenarios: words.slice(0, words.length - behind), k6Options: words.slice(words.length - behind) };
};

interface TypedOptions extends Omit<RunOptions, 'config'> {
  /** False with --no-config; true where nothing was typed. */
  config: string | boolean | undefined;
}

const configOf = ({ config }: TypedOptions): string | undefined => {
  if (config === false) return undefined;
  return typeof config === 'string' ? config : (configFileIn(process.cwd()) ?? undefined);
};

export const command: CommandModule = {
  order: 1,
  register: (program, finish) => {
    const typed = program
      .command('run')
      .description('run scenarios (ids, matrix, incidents, chaos, all) and write a graded report; default: matrix')
      .argument('[scenario...]');
    addExternalOptions(addRunOptions(typed)).action(async (words: string[], given: TypedOptions) => {
      const options = { ...given, config: configOf(given) };
      refuseBesideResume(options, typed);
      const progress = options.json === true ? silentProgress : terminalProgress(process.stdout);
      const argv = process.argv.slice(2);
      const request = { ...options, ...splitAtDashes(words, argv), reports: path.resolve(options.reports), argv };
      finish(await run(request, progress));
    });
  },
};
