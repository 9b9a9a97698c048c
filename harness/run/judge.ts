/** From what was measured of an entry to its judgement. It needs no stack, so a saved entry can be judged anew. */
import type {
  EnvironmentDeclaration,
  ScenarioDeclaration,
  VariantDeclaration,
} from '../../scenarios/lib/declaration.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import type { Cause } from '../diagnose/cause.ts';
import { faultsFelt } from '../grade/bite-at-service.ts';
import type { Criterion, JudgedEntry } from '../grade/criterion.ts';
import { gradeEntry } from '../grade/grade.ts';
import { growthRowOf } from '../grade/growth/row.ts';
import { jobRateOf } from '../grade/job-rate.ts';
import { jobReferenceOf } from '../grade/job-reference.ts';
import { missingSources } from '../grade/missing-sources.ts';
import { asFarAsItCame } from '../grade/run-verdict.ts';
import type { WaiversOfRun } from '../grade/waivers.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import { budgets, stackSpecFrom } from '../stack/spec.ts';
import type { MeasuredEntry } from './contexts.ts';
import { environmentOf } from '../profile/environment.ts';

export interface JudgeContext {
  declaration: ScenarioDeclaration;
  variant: VariantDeclaration;
  criteria: readonly Criterion[];
  causes: readonly Cause[];
  profile: RunResult['profile'];
  host: RunResult['host'];
  /** The run's entries as they are judged so far: a row of the matrix is held to the baseline among them. */
  scenarios: RunResult['scenarios'];
  waivers: WaiversOfRun | null;
}

/** What the facts say, as the criteria take it. */
const measuredPart = (
  facts: ScenarioResult,
): Pick<
  JudgedEntry,
  'phases' | 'teardownMs' | 'steps' | 'faults' | 'checks' | 'loadTotals' | 'settings' | 'settingsRead' | 'load'
> => ({
  phases: facts.phases,
  teardownMs: facts.teardownMs ?? null,
  steps: facts.steps,
  faults: facts.faults,
  checks: facts.checks,
  loadTotals: facts.loadTotals ?? null,
  settings: facts.settings,
  load: {
    interactivePerSecond: facts.load.interactivePerSecond,
    users: facts.load.users ?? 'jobs',
    script: facts.load.script ?? null,
  },
  settingsRead: facts.settingsRead ?? null,
});

/** Of a stack that pgsurge started the route is always known. */
const isStarted = ({ environment }: Pick<ScenarioDeclaration, 'environment'>): boolean => environment.route != null;

/** A team's own service has the budget that its config says, and ours nothing to do with it. */
const budgetsOf = ({ budget }: EnvironmentDeclaration, isForeign: boolean): JudgedEntry['budgets'] => {
  const unknown = { service: null, pooler: null, database: null };
  return isForeign ? { ...unknown, service: budget ?? null } : { ...unknown, ...budgets };
};

/** Limits, sizes and budgets that we gave; of somebody else's stack none is known but by what was seen. */
const declaredStack = (
  environment: EnvironmentDeclaration,
  isForeign: boolean,
): Pick<JudgedEntry, 'stackSpec' | 'route' | 'budgets' | 'isForeign'> => {
  const common = { ...(isForeign ? { isForeign } : {}), budgets: budgetsOf(environment, isForeign) };
  if (isForeign && !isStarted({ environment })) return { ...common, stackSpec: null, route: null };
  return { ...common, stackSpec: stackSpecFrom(environment), route: environment.route ?? 'pooler' };
};

/** As many as were started, by the settings in force. */
const replicasOf = ({ stackSettings }: ScenarioResult): number | null => {
  const replicas = stackSettings['replicas'];
  return typeof replicas === 'number' ? replicas : null;
};

const judgeOf = (
  facts: ScenarioResult,
  observations: Observations,
  { declaration, variant, profile, scenarios }: JudgeContext,
): JudgedEntry => {
  const environment = environmentOf({ declaration, variant });
  return {
    observations,
    ...measuredPart(facts),
    profile,
    ...declaredStack(environment, declaration.group === 'external'),
    ...(declaration.group === 'external' ? {} : { replicas: replicasOf(facts) }),
    expectation: declaration.expectation ?? null,
    reference: jobReferenceOf(facts, scenarios),
    ...(declaration.group === 'external'
      ? { missing: missingSources(facts, observations, isStarted(declaration)) }
      : {}),
  };
};

/** What the rows of the matrix are compared by. */
const comparedOf = (
  { group, stackSettings: reported }: ScenarioResult,
  judge: JudgedEntry,
): Pick<ScenarioResult, 'jobRate' | 'growth'> =>
  group === 'matrix' ? { jobRate: jobRateOf(judge), growth: growthRowOf({ ...judge, reported }) } : { jobRate: null };

/** Of what stood on a part that was lost, or never began, nothing is said. */
export const diagnosisOf = (
  entry: ScenarioResult,
  observations: Observations,
  { causes, host }: Pick<JudgeContext, 'causes' | 'host'>,
): ScenarioResult['diagnosis'] => {
  if (entry.lost === true || entry.phases.length === 0 || observations.series.length === 0) return null;
  return diagnose(entry, observations, causes, host);
};

export const judgeEntry = (
  { facts, ledger, sqlAnswers }: Pick<MeasuredEntry, 'facts' | 'ledger' | 'sqlAnswers'>,
  observations: Observations,
  context: JudgeContext,
): ScenarioResult => {
  const { declaration, variant, criteria, waivers } = context;
  const judge = judgeOf(facts, observations, context);
  const faults = faultsFelt(judge);
  const others = context.scenarios.filter(
    ({ name, repeat, entry }) => name === facts.name && repeat === facts.repeat && entry !== facts.entry,
  );
  const given = { declaration, variant, criteria, waivers, ledger, sqlAnswers, others };
  const graded = gradeEntry({ ...given, judge: { ...judge, faults } });
  const judged = asFarAsItCame({ ...facts, faults, ...graded, ...comparedOf(facts, judge) }, criteria);
  return { ...judged, diagnosis: diagnosisOf(judged, observations, context) };
};
