import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScenarioDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import { usageError } from '../errors.ts';
import { baselineId, type PhaseResult } from '../result.ts';
import { entrySeconds } from './entry-seconds.ts';
import { loadOf } from './environment.ts';
import { scalePhases, type Profile } from './profiles.ts';

const scenariosFolder = fileURLToPath(new URL('../../scenarios', import.meta.url));
const groups = ['matrix', 'incidents', 'chaos'] as const;
type Group = (typeof groups)[number];

/** The order in which a person reads the matrix: rising load. Chaos begins with its control; otherwise by name. */
const readingOrder = ['baseline', '2x', '5x', 'burst', 'control'];

export interface ScenarioFile {
  id: string;
  group: Group;
  file: string;
}

/** One execution: scenario x variant x repeat (x release, when two are compared). */
export interface PlanEntry {
  /** `<scenario>.<variant>.<repeat>`, with the release in front of the repeat when there are two. */
  entry: string;
  file: string;
  declaration: ScenarioDeclaration;
  scenarioHash: string;
  variant: VariantDeclaration;
  repeat: number;
  release: 'base' | 'head' | null;
  phases: PhaseResult[];
}

export interface Plan {
  name: string;
  profile: Profile;
  entries: PlanEntry[];
}

/** Every scenario file; the folders are the list. */
export const listScenarioFiles = (): ScenarioFile[] =>
  groups.flatMap((group) => {
    const folder = path.join(scenariosFolder, group);
    const ids = existsSync(folder)
      ? readdirSync(folder)
          .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
          .map((file) => file.slice(0, -3))
      : [];
    const order = (id: string): string => `${String(readingOrder.indexOf(id) + 1 || 99).padStart(2, '0')}${id}`;
    return ids
      .sort((a, b) => order(a).localeCompare(order(b)))
      .map((id) => ({ id, group, file: path.join(folder, `${id}.ts`) }));
  });

/** Names are scenario ids, groups or `all`; no name means the matrix. Unknown names say what there is. */
export const selectScenarios = (names: readonly string[], available: readonly ScenarioFile[]): ScenarioFile[] => {
  const wanted = names.length > 0 ? names : ['matrix'];
  const selected = wanted.flatMap((name) => {
    if (name === 'all') return available;
    if ((groups as readonly string[]).includes(name)) return available.filter(({ group }) => group === name);
    const found = available.filter(({ id }) => id === name);
    if (found.length > 0) return found;
    throw usageError(
      `there is no scenario "${name}"; pgsurge list shows them`,
      `known: ${available.map(({ id }) => id).join(', ')}, matrix, incidents, chaos, all`,
    );
  });
  return [...new Set(selected)];
};

const isControl = ({ id, group }: ScenarioFile): boolean => group === 'chaos' && id === 'control';

/** Where anything is broken on purpose the same load runs once with nothing broken; what was asked for comes first. */
export const withControl = (selected: readonly ScenarioFile[], available: readonly ScenarioFile[]): ScenarioFile[] =>
  selected.every(({ group }) => group !== 'chaos') || selected.some(isControl)
    ? [...selected]
    : [...selected, ...available.filter(isControl)];

const selectVariants = (declaration: ScenarioDeclaration, name: string): VariantDeclaration[] => {
  if (name === 'all') return declaration.variants;
  const found = declaration.variants.filter((variant) => variant.name === name);
  const known = declaration.variants.map((variant) => variant.name);
  if (found.length > 0) return found;
  throw usageError(`${declaration.id} has no variant "${name}"; it has ${known.join(', ')}`);
};

interface PlanOptions {
  name: string;
  profile: Profile;
  variant: string;
  repeats: number;
  releases: boolean;
}

export interface PlannedScenario {
  file: ScenarioFile;
  declaration: ScenarioDeclaration;
  scenarioHash: string;
}

/** Base and head take turns in who goes first; a run without `--against` has neither. */
const releasesOf = (repeat: number, releases: boolean): readonly PlanEntry['release'][] => {
  if (!releases) return [null];
  return repeat % 2 === 1 ? ['base', 'head'] : ['head', 'base'];
};

/** The other rows of the matrix are held to what the baseline did, so it is measured before them. */
const baselineFirst = (scenarios: readonly PlannedScenario[]): PlannedScenario[] => {
  const isBaseline = ({ declaration }: PlannedScenario): boolean => declaration.id === baselineId;
  return [...scenarios].sort((a, b) => Number(isBaseline(b)) - Number(isBaseline(a)));
};

const entriesOf = (
  { file, declaration, scenarioHash }: PlannedScenario,
  { profile, variant: wanted, releases }: PlanOptions,
  repeat: number,
): PlanEntry[] =>
  selectVariants(declaration, wanted).flatMap((variant) =>
    releasesOf(repeat, releases).map((release) => ({
      entry: [declaration.id, variant.name, ...(release === null ? [] : [release]), String(repeat)].join('.'),
      file: file.file,
      declaration,
      scenarioHash,
      variant,
      repeat,
      release,
      phases: scalePhases(loadOf({ declaration, variant }).phases, profile),
    })),
  );

/** Repeats are the outer loop and releases alternate inside, so that drift of the machine hits both sides alike. */
export const makePlan = (scenarios: readonly PlannedScenario[], options: PlanOptions): Plan => {
  const { name, profile, repeats } = options;
  const inOrder = baselineFirst(scenarios);
  const entries = Array.from({ length: repeats }, (_, index) =>
    inOrder.flatMap((scenario) => entriesOf(scenario, options, index + 1)),
  ).flat();
  return { name, profile, entries };
};

export const planSeconds = (plan: Plan): number =>
  plan.entries.reduce((total, entry) => total + entrySeconds(entry, plan.profile), 0);
