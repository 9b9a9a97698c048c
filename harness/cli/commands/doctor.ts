import type { CommandModule } from '../cli.ts';
import { doctor, getTools, renderDiagnoses } from '../../doctor/doctor.ts';
import { exitCodes } from '../../errors.ts';

export const command: CommandModule = {
  order: 9,
  register: (program, finish) => {
    program
      .command('doctor')
      .description('what a run needs: found where, which version, or the one command that gets it')
      .option('--fix', 'first get the tools that can be got without installing anything')
      .option('--json', 'for machines')
      .action(async (options: { fix?: boolean; json?: boolean }) => {
        if (options.fix === true) await getTools((line) => process.stderr.write(`${line}\n`));
        const diagnoses = await doctor();
        const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
        process.stdout.write(
          options.json === true ? `${JSON.stringify(diagnoses, null, 2)}\n` : renderDiagnoses(diagnoses, colour),
        );
        finish(diagnoses.some(({ ok, required }) => required && !ok) ? exitCodes.environment : exitCodes.asExpected);
      });
  },
};
