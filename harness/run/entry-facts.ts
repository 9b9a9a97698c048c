import { environmentOf, loadOf } from '../profile/environment.ts';
import type { PlanEntry } from '../profile/plan.ts';
import type { ScenarioResult } from '../result.ts';

type FlatSettings = ScenarioResult['stackSettings'];

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** The environment as flat settings, for the page and for comparing runs. */
const flatEnvironment = (planned: PlanEntry): FlatSettings => {
  const { route, replicas, stack, pooler, roles } = environmentOf(planned);
  const values = {
    route,
    rollout: planned.variant.rollout,
    replicas,
    ...stack,
    ...stack?.postgres,
    ...Object.fromEntries(Object.entries(pooler ?? {}).map(([name, value]) => [`pooler${capitalised(name)}`, value])),
    roleConnectionLimit: roles?.app?.connectionLimit,
    listenRoleConnectionLimit: roles?.listen?.connectionLimit,
  };
  const flat: FlatSettings = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') flat[name] = value;
  }
  return flat;
};

/** Each repeat has keys and contents of its own; the same repeat of every scenario and release has the same. */
const seedOf = (runSeed: number, { repeat }: PlanEntry): number => runSeed + repeat - 1;

/** Who an entry is: its scenario, its variant, its repeat. */
const identityOf = ({
  entry,
  declaration,
  variant,
  repeat,
  release,
  scenarioHash,
}: PlanEntry): Omit<ScenarioResult, keyof Unmeasured | 'stackSettings' | 'load' | 'phases'> => ({
  entry,
  name: declaration.id,
  title: declaration.title,
  group: declaration.group,
  variant: variant.name,
  variantTitle: variant.title,
  note: variant.note ?? null,
  keyCharts: declaration.keyCharts ?? null,
  purpose: declaration.purpose,
  seeds: declaration.seeds,
  story: declaration.story ?? null,
  repeat,
  release,
  scenarioHash,
  expected: variant.expected,
});

const unmeasured = () =>
  ({
    state: 'pending',
    startedMs: null,
    endedMs: null,
    settings: {},
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
    asExpected: null,
    reason: 'not run yet',
    grade: null,
  }) satisfies Partial<ScenarioResult>;
type Unmeasured = ReturnType<typeof unmeasured>;

const loadFactsOf = (planned: PlanEntry, runSeed: number): ScenarioResult['load'] => {
  const { interactivePerSecond, users } = loadOf(planned);
  const { script } = planned.declaration;
  const load = { interactivePerSecond, seed: seedOf(runSeed, planned), ...(users == null ? {} : { users }) };
  return script == null ? load : { ...load, script };
};

/** An entry before it was measured or judged: every list empty, every verdict inconclusive. Unknown is never a pass. */
export const emptyFacts = (planned: PlanEntry, runSeed: number): ScenarioResult => ({
  ...identityOf(planned),
  ...unmeasured(),
  stackSettings: flatEnvironment(planned),
  load: loadFactsOf(planned, runSeed),
  phases: planned.phases,
});
