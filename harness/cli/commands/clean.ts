import type { CommandModule } from '../cli.ts';
import { exitCodes } from '../../errors.ts';
import { cleanResidue } from '../../system/clean.ts';
import { listResidue } from '../../system/residue.ts';

export const command: CommandModule = {
  order: 10,
  register: (program, finish) => {
    program
      .command('clean')
      .description('end and remove what dead runs left: processes, faults, temporary folders, containers')
      .action(async () => {
        const lines = await cleanResidue();
        process.stdout.write(lines.length === 0 ? 'nothing was left\n' : `${lines.join('\n')}\n`);
        finish(listResidue().length === 0 ? exitCodes.asExpected : exitCodes.environment);
      });
  },
};
