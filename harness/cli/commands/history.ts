import type { CommandModule } from '../cli.ts';
import { allRuns } from '../../archive/all-runs.ts';
import { history } from '../../compare/history.ts';
import { historyOutput, type CommandOutput } from '../../compare/output.ts';
import { sinceWhenOf } from '../../run/since-when.ts';
import { writeBeside } from '../pages-beside.ts';

/** Exit 1 when a gated figure got worse within the newest runs. */
export const historyCommand = async ({
  reports,
  json,
}: {
  reports: string;
  json?: boolean;
}): Promise<CommandOutput> => {
  const { runs, unreadable } = allRuns(reports);
  const found = history(runs);
  const notes = [...(await sinceWhenOf(runs, found)), ...found.notes];
  return historyOutput({ ...found, notes }, { unreadable, json: json === true });
};

export const command: CommandModule = {
  order: 5,
  register: (program, finish) => {
    program
      .command('history')
      .description('trends over all saved runs and where they changed; exit 1 when the newest runs got worse')
      .option('--reports <dir>', 'where runs are saved', 'reports')
      .option('--out <dir>', 'where history.html, history.md and history.json go (default: beside the reports)')
      .option('--json', 'print the history as JSON, nothing else')
      .action(async (options: { reports: string; out?: string; json?: boolean }) => {
        const output = await historyCommand({ reports: options.reports, json: options.json === true });
        writeBeside(output, 'history.html', options);
        finish(output.exitCode);
      });
  },
};
