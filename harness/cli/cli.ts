/** The command line: parses, calls, sets the exit code. Names and codes are a contract (README.md, Commands). */
import { readdirSync } from 'node:fs';
import { Command } from 'commander';
import { exitCodes, type ExitCode } from '../errors.ts';
import { explain } from './explain.ts';

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
