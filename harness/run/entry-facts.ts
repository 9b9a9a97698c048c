import type { EnvironmentDeclaration } from '../../scenarios/lib/declaration.ts';
import type { PlanEntry } from '../profile/plan.ts';
import type { ScenarioResult } from '../result.ts';

type FlatSettings = ScenarioResult['stackSettings'];

/** The environment as flat settings, for the page and for comparing runs. */
const flatEnvironment = ({ route, replicas, stack }: EnvironmentDeclaration): FlatSettings => {
  const flat: FlatSettings = {};
  for (const [name, value] of Object.entries({ route, replicas, ...stack, ...stack?.postgres })) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') flat[name] = value;
  }
  return flat;
};

/** A reference variant may change the environment; all others share the scenario's. */
export const environmentOf = ({
  declaration,
  variant,
}: Pick<PlanEntry, 'declaration' | 'variant'>): EnvironmentDeclaration => {
  const { environment } = declaration;
  const changed = variant.reference;
  if (changed == null) return environment;
  return {
    ...environment,
    ...changed,
    stack: { ...environment.stack, ...changed.stack },
    service: { ...environment.service, ...changed.service },
  };
};

/** Each repeat has keys and contents of its own; the same repeat of every scenario and release has the same. */
const seedOf = (runSeed: number, { repeat }: PlanEntry): number => runSeed + repeat - 1;

/** An entry before it was measured or judged: every list empty, every verdict inconclusive. Unknown is never a pass. */
export const emptyFacts = (planned: PlanEntry, runSeed: number): ScenarioResult => {
  const { entry, declaration, variant, repeat, release, scenarioHash, phases } = planned;
  return {
    entry,
    name: declaration.id,
    title: declaration.title,
    group: declaration.group,
    variant: variant.name,
    variantTitle: variant.title,
    note: variant.note ?? null,
    purpose: declaration.purpose,
    seeds: declaration.seeds,
    story: declaration.story ?? null,
    repeat,
    release,
    scenarioHash,
    state: 'pending',
    startedMs: null,
    endedMs: null,
    settings: {},
    stackSettings: flatEnvironment(environmentOf(planned)),
    load: {
      interactivePerSecond: declaration.load.interactivePerSecond,
      nominalJobsPerActiveJobMinute: declaration.load.nominalJobsPerActiveJobMinute ?? null,
      seed: seedOf(runSeed, planned),
    },
    phases,
    steps: [],
    faults: [],
    criteria: [],
    symptoms: [],
    checks: [],
    identities: [],
    errors: [],
    health: [],
    figures: {},
    verdict: 'inconclusive',
    expected: variant.expected,
    asExpected: null,
    reason: 'not run yet',
    grade: null,
  };
};
