import type { CommandModule } from '../cli.ts';
import { exitCodes } from '../../errors.ts';
import { explain, renderExplained } from '../../measure/logs/explain.ts';

export const command: CommandModule = {
  order: 7,
  register: (program, finish) => {
    program
      .command('why')
      .description(
        'an error text of a driver, PgBouncer or Postgres, or a line of a log: its family, whether the statement ' +
          'ran, causes, next step',
      )
      .argument('<text>')
      .option('--sqlstate <code>', 'its SQLSTATE, where known')
      .option('--json', 'for machines')
      .action((text: string, options: { sqlstate?: string; json?: boolean }) => {
        const found = explain(text, options.sqlstate);
        process.stdout.write(
          options.json === true ? `${JSON.stringify(found, null, 2)}\n` : renderExplained(text, options.sqlstate),
        );
        finish(exitCodes.asExpected);
      });
  },
};
