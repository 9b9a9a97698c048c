import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { CommandModule } from '../cli.ts';
import { exitCodeOf, loadMutations, selectMutations, selftest } from '../../selftest/selftest.ts';

const seedOf = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('--seed takes a whole number from 1.');
  return Number(text);
};

interface SelftestOptions {
  quick?: boolean;
  only?: string[];
  reports: string;
  seed: number;
}

export const command: CommandModule = {
  order: 8,
  register: (program, finish) => {
    program
      .command('selftest')
      .description(
        'plant known defects in the service, in Postgres and in pgsurge itself: ' +
          'each must be found by the check that names it',
      )
      .option('--quick', 'the most telling ones only, for every change')
      .option('--only <mutation...>', 'these')
      .option('--reports <dir>', 'where their runs are saved', path.join('reports', 'selftest'))
      .option('--seed <n>', 'seed of keys and contents', seedOf, 1)
      .action(async ({ quick = false, only = [], reports, seed }: SelftestOptions) => {
        const mutations = selectMutations(await loadMutations(), { quick, only });
        const say = (line: string): void => void process.stdout.write(`${line}\n`);
        finish(exitCodeOf(await selftest(mutations, { reports: path.resolve(reports), seed }, say)));
      });
  },
};
