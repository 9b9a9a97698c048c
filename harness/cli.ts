/** The command line: parses, calls, sets the exit code. Names and codes are a contract (docs/command-line.md). */
import { Command, CommanderError } from 'commander';
import { readdirSync } from 'node:fs';
import { exitCodes, messageOf, PgsurgeError, type ExitCode } from './errors.ts';
import { withoutSecrets } from './provenance.ts';

/** One file under `harness/commands/` adds one command; it gives back the process's exit code. */
export interface CommandModule {
  order: number;
  register(program: Command, finish: (code: ExitCode) => void): void;
}

const commandsFolder = new URL('./commands/', import.meta.url);

const loadCommands = async (): Promise<CommandModule[]> => {
  const files = readdirSync(commandsFolder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).sort();
  const modules = await Promise.all(files.map(async (file) => ((await import(new URL(file, commandsFolder).href)) as { command: CommandModule }).command));
  return modules.sort((a, b) => a.order - b.order);
};

const explain = (error: unknown): ExitCode => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.asExpected : exitCodes.usage;
  if (error instanceof PgsurgeError) {
    process.stderr.write(`pgsurge: ${withoutSecrets(error.message)}\n`);
    if (error.details !== undefined) process.stderr.write(`${withoutSecrets(error.details).replaceAll(/^/gm, '  ')}\n`);
    return error.exitCode;
  }
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOSPC') {
    process.stderr.write('pgsurge: the disk is full; free some space (pgsurge doctor shows how much a run needs) and run again\n');
    return exitCodes.environment;
  }
  process.stderr.write(`pgsurge: a defect of pgsurge itself: ${withoutSecrets(messageOf(error))}\n${withoutSecrets(error instanceof Error ? (error.stack ?? '') : '')}\n`);
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
    for (const command of await loadCommands()) command.register(program, (finished) => { code = finished; });
    for (const command of program.commands) command.exitOverride().configureOutput(program.configureOutput());
    await program.parseAsync(process.argv.length > 2 ? process.argv : [...process.argv, '--help']);
    return code;
  } catch (error) {
    return explain(error);
  }
};

process.exitCode = await main();
