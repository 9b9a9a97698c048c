import type { CommandModule } from '../cli.ts';
import { exitCodes } from '../../errors.ts';
import { init } from '../../init/init.ts';

export const command: CommandModule = {
  order: 0,
  register: (program, finish) => {
    program
      .command('init')
      .description('write pgsurge.config.ts, load/journey.ts and a workflow for the service of this folder')
      .action(() => {
        process.stdout.write(`${init(process.cwd()).join('\n')}\n`);
        finish(exitCodes.asExpected);
      });
  },
};
