/** The command line: parses, calls, sets the exit code. Names and codes are a contract (README.md, Commands). */
import { Command, CommanderError } from 'commander';
import { readdirSync } from 'node:fs';
import { exitCodes, messageOf, PgsurgeError, type ExitCode } from '../errors.ts';
import { withoutSecrets } from '../archive/provenance.ts';

/** One file under `harness/cli/commands/` adds one command; it gives back the process's exit code. */
export interface CommandModule {
  order: number;
  register(program: Command, finish: (code: ExitCode) => void): void;
}

const commandsFolder = new URL('./commands/', import.meta.url);

const loadCommands = async (): Promise<CommandModule[]> => {
  const files = readdirSync(commandsFolder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort();
  const modules = await Promise.all(
    files.map(
      async (file) => ((await import(new URL(file, commandsFolder).href)) as { command: CommandModule }).command,
    ),
  );
  return modules.sort((a, b) => a.order - b.order);
};

const closedToYou = {
  says: 'is closed to you: mend its permissions, or name another folder with --reports or --out',
  code: exitCodes.environment,
};

/** What a path given by hand makes of mkdir and write. */
const pathErrors: Readonly<Record<string, { says: string; code: ExitCode }>> = {
  ENOTDIR: {
    says: 'is a file, or lies in one, where a folder is needed: name another with --reports or --out',
    code: exitCodes.usage,
  },
  EEXIST: { says: 'is a file, where a folder is needed: name another with --reports or --out', code: exitCodes.usage },
  EACCES: closedToYou,
  EPERM: closedToYou,
  EROFS: {
    says: 'lies on a file system that is read-only: name another folder with --reports or --out',
    code: exitCodes.environment,
  },
};

const explain = (error: unknown): ExitCode => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.asExpected : exitCodes.usage;
  if (error instanceof PgsurgeError) {
    process.stderr.write(`pgsurge: ${withoutSecrets(error.message)}\n`);
    if (error.details !== undefined) process.stderr.write(`${withoutSecrets(error.details).replaceAll(/^/gm, '  ')}\n`);
    return error.exitCode;
  }
  const { code, path: place, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOSPC') {
    process.stderr.write(
      'pgsurge: the disk is full; free some space (pgsurge doctor shows how much a run needs) and run again\n',
    );
    return exitCodes.environment;
  }
  const pathError = place === undefined || syscall?.startsWith('spawn') === true ? undefined : pathErrors[code ?? ''];
  if (pathError !== undefined) {
    process.stderr.write(`pgsurge: ${place} ${pathError.says}\n`);
    return pathError.code;
  }
  process.stderr.write(
    `pgsurge: a defect of pgsurge itself: ${withoutSecrets(messageOf(error))}\n${withoutSecrets(error instanceof Error ? (error.stack ?? '') : '')}\n`,
  );
  return exitCodes.inconclusive;
};

const main = async (): Promise<ExitCode> => {
  let code: ExitCode = exitCodes.asExpected;
  const program = new Command('pgsurge')
    .description('Do the connections of a service on Postgres hold when load grows, bursts, or something breaks?')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(`pgsurge: ${text.replace(/^error: /, '')}`) });
  try {
    for (const command of await loadCommands())
      command.register(program, (finished) => {
        code = finished;
      });
    for (const command of program.commands) command.exitOverride().configureOutput(program.configureOutput());
    await program.parseAsync(process.argv.length > 2 ? process.argv : [...process.argv, '--help']);
    return code;
  } catch (error) {
    return explain(error);
  }
};

process.exitCode = await main();
