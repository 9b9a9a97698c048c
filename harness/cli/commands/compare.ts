import type { CommandModule } from '../cli.ts';
import { loadSavedObservations } from '../../archive/saved-observations.ts';
import { compareCommand } from '../../run/comparison.ts';
import { writeBeside } from '../pages-beside.ts';

interface CompareOptions {
  reports: string;
  out?: string;
  force?: boolean;
  json?: boolean;
}

export const command: CommandModule = {
  order: 4,
  register: (program, finish) => {
    program
      .command('compare')
      .description(
        'two saved runs (labels or folders): what changed, as a page, Markdown and JSON; exit 1 on a regression',
      )
      .argument('<base>')
      .argument('<head>')
      .option('--reports <dir>', 'where runs are saved', 'reports')
      .option('--out <dir>', 'where compare.html, compare.md and compare.json go (default: beside the reports)')
      .option('--force', 'compare runs that are not alike; the page says so')
      .option('--json', 'print the comparison as JSON, nothing else')
      .action(async (base: string, head: string, options: CompareOptions) => {
        const { reports, force = false, json = false } = options;
        const output = await compareCommand({
          base,
          head,
          reports,
          force,
          json,
          loadObservations: loadSavedObservations,
        });
        writeBeside(output, 'compare.html', options);
        finish(output.exitCode);
      });
  },
};
