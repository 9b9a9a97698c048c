import type { ScenarioDeclaration } from '../../../scenarios/lib/declaration.ts';
import type { CommandModule } from '../cli.ts';
import { exitCodes } from '../../errors.ts';
import { inspectScenario } from '../../profile/inspect.ts';
import { entrySeconds } from '../../profile/entry-seconds.ts';
import { loadOf } from '../../profile/environment.ts';
import { listScenarioFiles, type ScenarioFile } from '../../profile/plan.ts';
import { profiles, scalePhases } from '../../profile/profiles.ts';
import { resolveK6 } from '../../tools/k6.ts';
import type { Tool } from '../../tools/tool.ts';

const lengthWords = (ms: number): string =>
  ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;

/** How long all its variants take, in each profile. */
const lengthsMs = (declaration: ScenarioDeclaration): Record<string, number> =>
  Object.fromEntries(
    Object.values(profiles).map((profile) => {
      const lengths = declaration.variants.map((variant) => {
        const phases = scalePhases(loadOf({ declaration, variant }).phases, profile);
        return Math.round(1000 * entrySeconds({ declaration, variant, phases }, profile));
      });
      return [profile.name, lengths.reduce((total, ms) => total + ms, 0)];
    }),
  );

interface Listed {
  id: string;
  group: string;
  title: string;
  purpose: string;
  variants: string[];
  lengthMs: Record<string, number>;
}

const listed = async ({ id, group, file }: ScenarioFile, k6: Tool): Promise<Listed> => {
  const { declaration } = await inspectScenario(file, k6);
  const { title, purpose, variants } = declaration;
  return { id, group, title, purpose, variants: variants.map(({ name }) => name), lengthMs: lengthsMs(declaration) };
};

const asText = ({ id, group, title, variants, lengthMs }: Listed): string => {
  const lengths = Object.entries(lengthMs).map(([name, ms]) => `${name} ${lengthWords(ms)}`);
  return (
    `${group.padEnd(10)} ${id.padEnd(22)} ${title}\n` +
    `${' '.repeat(34)}variants: ${variants.join(', ')}; ${lengths.join(', ')}\n`
  );
};

export const command: CommandModule = {
  order: 2,
  register: (program, finish) => {
    program
      .command('list')
      .description('the scenarios, their variants and how long each profile takes')
      .option('--json', 'for machines')
      .action(async ({ json }: { json?: boolean }) => {
        const k6 = await resolveK6((line) => process.stderr.write(`${line}\n`));
        const scenarios = await Promise.all(listScenarioFiles().map((file) => listed(file, k6)));
        process.stdout.write(
          json === true ? `${JSON.stringify(scenarios, null, 2)}\n` : scenarios.map(asText).join(''),
        );
        finish(exitCodes.asExpected);
      });
  },
};
