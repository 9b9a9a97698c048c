import path from 'node:path';
import type { CommandModule } from '../cli.ts';
import { exitCodes } from '../../errors.ts';
import { readRun } from '../../archive/read-run.ts';
import { rereport } from '../../run/saved-run.ts';

export const command: CommandModule = {
  order: 3,
  register: (program, finish) => {
    program
      .command('report')
      .description("draw a saved run again with today's page; a killed run is judged as far as it came")
      .argument('<run>', 'its folder, its name, or latest')
      .option('--regrade', 'judge it anew, and mark it so')
      .option('--reports <dir>', 'where runs are saved', 'reports')
      .action(async (name: string, options: { regrade?: boolean; reports: string }) => {
        const { folder, run: saved } = readRun(name, path.resolve(options.reports));
        const run = await rereport(folder, saved, options.regrade === true);
        process.stdout.write(`${run.sentence}\nreport: ${path.relative('.', path.join(folder, 'report.html'))}\n`);
        finish(exitCodes.asExpected);
      });
  },
};
