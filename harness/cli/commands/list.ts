import { exitCodes } from '../../errors.ts';
import type { CommandModule } from '../cli.ts';
import { inspectScenario } from '../../profile/inspect.ts';
import { entrySeconds } from '../../profile/entry-seconds.ts';
import { listScenarioFiles } from '../../profile/plan.ts';
import { profiles, scalePhases } from '../../profile/profiles.ts';
import { resolveK6 } from '../../tools/k6.ts';

const minutes = (ms: number): string => (ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);

export const command: CommandModule = {
  order: 2,
  register: (program, finish) => {
    program
      .command('list')
      .description('the scenarios, their variants and how long each profile takes')
      .option('--json', 'for machines')
      .action(async (options: { json?: boolean }) => {
        const k6 = await resolveK6((line) => process.stderr.write(`${line}\n`));
        const scenarios = await Promise.all(
          listScenarioFiles().map(async ({ id, group, file }) => {
            const { declaration } = await inspectScenario(file, k6);
            const lengthMs = Object.fromEntries(
              Object.values(profiles).map((profile) => {
                const phases = scalePhases(declaration.load.phases, profile);
                return [
                  profile.name,
                  declaration.variants.reduce(
                    (total, variant) => total + Math.round(1000 * entrySeconds({ declaration, variant, phases })),
                    0,
                  ),
                ];
              }),
            );
            return {
              id,
              group,
              title: declaration.title,
              purpose: declaration.purpose,
              variants: declaration.variants.map(({ name }) => name),
              lengthMs,
            };
          }),
        );
        if (options.json === true) process.stdout.write(`${JSON.stringify(scenarios, null, 2)}\n`);
        else {
          for (const { id, group, title, variants, lengthMs } of scenarios) {
            process.stdout.write(
              `${group.padEnd(10)} ${id.padEnd(22)} ${title}\n${' '.repeat(34)}variants: ${variants.join(', ')}; ` +
                `${Object.entries(lengthMs)
                  .map(([name, ms]) => `${name} ${minutes(ms)}`)
                  .join(', ')}\n`,
            );
          }
        }
        finish(exitCodes.asExpected);
      });
  },
};
