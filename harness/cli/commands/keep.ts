import type { CommandModule } from '../cli.ts';
import { keepCommand } from '../../compare/commands.ts';
import { loadSavedObservations } from '../../archive/saved-observations.ts';

export const command: CommandModule = {
  order: 6,
  register: (program, finish) => {
    program
      .command('keep')
      .description('store a run as a small baseline for git: reports/kept/LABEL')
      .argument('<run>')
      .argument('<label>')
      .option('--reports <dir>', 'where runs are saved', 'reports')
      .option('--replace', 'replace what was kept under this label')
      .action(async (run: string, label: string, options: { reports: string; replace?: boolean }) => {
        const { text, exitCode } = await keepCommand({
          run,
          label,
          reports: options.reports,
          replace: options.replace === true,
          loadObservations: loadSavedObservations,
        });
        process.stdout.write(text);
        finish(exitCode);
      });
  },
};
