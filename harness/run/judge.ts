/** From measured to judged. Needs the saved run only, so `report RUN --regrade` judges anew with no stack up. */
import type { ScenarioDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { MeasuredEntry } from './measure-entry.ts';
import { missingSources } from '../grade/missing-sources.ts';
import { faultsFelt } from '../grade/bite-at-service.ts';
import { gradeEntry, gradeRun, type GradedFields } from '../grade/grade.ts';
import type { Criterion, JudgedEntry } from '../grade/criterion.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import { budgets, stackSpecFrom } from '../stack/spec.ts';
import { environmentOf } from './entry-facts.ts';

export interface JudgeContext {
  declaration: ScenarioDeclaration;
  variant: VariantDeclaration;
  criteria: readonly Criterion[];
  profile: RunResult['profile'];
}

/**
 * Why an entry that did not finish cannot be called anything better than inconclusive. One that somebody stopped cannot
 * be called worse either: what its criteria miss may have been yet to come.
 */
const unfinished = (facts: ScenarioResult): Partial<ScenarioResult> => {
  if (facts.state === 'finished' || (facts.state === 'failed' && facts.verdict === 'fail')) return {};
  const reason =
    facts.state === 'interrupted'
      ? 'interrupted before its end'
      : `did not finish: ${facts.message ?? 'unknown reason'}`;
  return { verdict: 'inconclusive', asExpected: null, grade: null, reason };
};

/** Without its stack or its load a service fails whatever it is worth: what was seen is shown, and decides nothing. */
const blameless = (
  graded: GradedFields,
  criteria: readonly Criterion[],
): Pick<GradedFields, 'criteria' | 'symptoms'> => ({
  criteria: graded.criteria.map((one) =>
    one.verdict === 'notApplicable'
      ? one
      : {
          ...one,
          verdict: 'inconclusive',
          title: criteria.find(({ id }) => id === one.id)?.title ?? one.title,
          reason: `what the run stands on was lost meanwhile; until then: ${one.reason}`,
        },
  ),
  symptoms: graded.symptoms.map((symptom) => ({ ...symptom, observed: null })),
});

export const judgeEntry = (
  { facts, ledger, sqlAnswers }: MeasuredEntry,
  observations: Observations,
  context: JudgeContext,
): ScenarioResult => {
  const { declaration, variant, criteria, profile } = context;
  const judge: JudgedEntry = {
    observations,
    phases: facts.phases,
    teardownMs: facts.teardownMs ?? null,
    steps: facts.steps,
    faults: facts.faults,
    checks: facts.checks,
    loadTotals: facts.loadTotals ?? null,
    profile,
    stackSpec: stackSpecFrom(environmentOf({ declaration, variant })),
    settings: facts.settings,
    load: {
      interactivePerSecond: facts.load.interactivePerSecond,
      nominalJobsPerActiveJobMinute: facts.load.nominalJobsPerActiveJobMinute ?? null,
    },
    route: environmentOf({ declaration, variant }).route ?? 'pooler',
    expectation: declaration.expectation ?? null,
    ...(declaration.group === 'external' ? { missing: missingSources(facts, observations) } : {}),
    budgets: { service: null, pooler: null, database: null, ...budgets },
  };
  const faults = faultsFelt(judge);
  const graded = gradeEntry({ declaration, variant, criteria, ledger, sqlAnswers, judge: { ...judge, faults } });
  const judged = {
    ...facts,
    faults,
    ...graded,
    ...(facts.lost === true ? { ...blameless(graded, criteria), verdict: 'inconclusive' as const } : {}),
  };
  return { ...judged, ...unfinished(judged) };
};

/** The run's word is the worst of its entries'. Another release that runs beside this one is compared, not judged. */
export const judgeRun = (run: RunResult): RunResult => {
  const own = run.scenarios.filter(({ release }) => release !== 'base');
  const begun = own.filter(({ state }) => state !== 'pending');
  const judged = gradeRun(begun.length > 0 ? begun : own);
  const limit = begun.find((entry) => entry.state === 'finished' && entry.limit != null)?.limit;
  // A stranger's first question is what limits their connections; the worst failure follows.
  return {
    ...run,
    ...judged,
    ...(limit == null
      ? {}
      : { sentence: `${limit.sentence}.${judged.verdict === 'pass' ? '' : ` ${judged.sentence}`}` }),
  };
};
