import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandModule } from '../cli.ts';
import { compareCommand } from '../../run/comparison.ts';
import { loadSavedObservations } from '../../archive/saved-observations.ts';

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
      .action(
        async (
          base: string,
          head: string,
          options: { reports: string; out?: string; force?: boolean; json?: boolean },
        ) => {
          const { text, files, exitCode } = await compareCommand({
            base,
            head,
            reports: options.reports,
            force: options.force === true,
            json: options.json === true,
            loadObservations: loadSavedObservations,
          });
          const folder = options.out ?? options.reports;
          mkdirSync(folder, { recursive: true });
          for (const file of files) writeFileSync(path.join(folder, file.path), file.content);
          process.stdout.write(text);
          if (options.json !== true) process.stdout.write(`page: ${path.join(folder, 'compare.html')}\n`);
          finish(exitCode);
        },
      );
  },
};
