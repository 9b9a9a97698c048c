import path from 'node:path';
import { readRun } from '../../archive/read-run.ts';
import { exitCodes } from '../../errors.ts';
import { diagnoseSaved, diagnosisWords } from '../../run/diagnose-saved.ts';
import type { CommandModule } from '../cli.ts';

export const command: CommandModule = {
  order: 3.5,
  register: (program, finish) => {
    program
      .command('diagnose')
      .description('name what caused the trouble of a saved run, with its evidence and what to change')
      .argument('<run>', 'its folder, its name, or latest')
      .option('--json', 'as run.json holds it')
      .option('--reports <dir>', 'where runs are saved', 'reports')
      .action(async (name: string, options: { json?: boolean; reports: string }) => {
        const { folder, run } = readRun(name, path.resolve(options.reports));
        const diagnosed = await diagnoseSaved(folder, run);
        const text = options.json === true ? `${JSON.stringify(diagnosed, null, 2)}\n` : diagnosisWords(diagnosed);
        process.stdout.write(text);
        finish(exitCodes.asExpected);
      });
  },
};
