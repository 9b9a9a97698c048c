/** The command line: parses, calls, sets the exit code. Names and codes are a contract (README.md, Commands). */
import { Command } from 'commander';
import { exitCodes, type ExitCode } from '../errors.ts';
import { ownModules, ownVersion } from '../own-modules.ts';
import { explain } from './explain.ts';

/** One file under `harness/cli/commands/` adds one command; it gives back the process's exit code. */
export interface CommandModule {
  order: number;
  register(program: Command, finish: (code: ExitCode) => void): void;
}

const commandsFolder = new URL('./commands/', import.meta.url);

const loadCommands = async (): Promise<CommandModule[]> => {
  const modules = await Promise.all(
    ownModules(commandsFolder).map(async ({ href }) => ((await import(href)) as { command: CommandModule }).command),
  );
  return modules.sort((a, b) => a.order - b.order);
};

const main = async (): Promise<ExitCode> => {
  let code: ExitCode = exitCodes.asExpected;
  const program = new Command('pgsurge')
    .description('Do the connections of a service on Postgres hold when load grows, bursts, or something breaks?')
    .version(ownVersion())
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
