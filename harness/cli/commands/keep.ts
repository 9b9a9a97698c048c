import path from 'node:path';
import { keepRun } from '../../archive/keep.ts';
import { findSavedRun } from '../../archive/read-run.ts';
import { loadSavedObservations } from '../../archive/saved-observations.ts';
import { exitCodes } from '../../errors.ts';
import { loadCharts, makersOf } from '../../report/charts/load-charts.ts';
import type { CommandModule } from '../cli.ts';

/** Writes reports/kept/LABEL, whole or not at all, and says what it wrote. */
export const keepCommand = async (
  run: string,
  label: string,
  { reports, replace = false }: { reports: string; replace?: boolean },
): Promise<string> => {
  const folder = findSavedRun(run, reports);
  const kept = await keepRun(folder, label, path.join(reports, 'kept'), {
    replace,
    observationsOf: (entry) => loadSavedObservations(folder, entry),
    makers: makersOf(await loadCharts()),
  });
  const size = `${Math.ceil(kept.bytes / 1000)} kB, ${kept.note}`;
  return `kept as ${label}: ${path.relative('.', kept.folder)} (${size}); commit it to share it\n`;
};

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
        process.stdout.write(await keepCommand(run, label, options));
        finish(exitCodes.asExpected);
      });
  },
};
