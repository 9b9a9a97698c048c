/**
 * Saved runs outlive names. What an older release called otherwise is read under today's name, so that everything
 * behind the archive knows one name for each thing. The files of a run are never rewritten for it.
 */
import type { ScenarioDeclaration, SymptomDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import { todaysEnvironment, todaysSettings } from './old-environment.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import type { RollUp } from '../measure/tracks/rollup.ts';
import type { CriterionResult, RunResult, ScenarioResult } from '../result.ts';

/** Series of the pooler were once called after PgBouncer. */
const todaysSeries = (name: string): string => name.replace(/^pgbouncer\./, 'pooler.');

/** Sources too: "pgbouncer-pools of pooler 1" is "pooler-pools of pooler 1". */
export const todaysSource = (source: string): string => source.replace(/^pgbouncer-(log|pools|stats)\b/, 'pooler-$1');

const renamed = <Named extends { name: string }>(series: readonly Named[]): Named[] =>
  series.map((one) => ({ ...one, name: todaysSeries(one.name) }));

export const withTodaysSeries = (observations: Observations): Observations => ({
  ...observations,
  series: renamed(observations.series),
  histograms: renamed(observations.histograms),
});

export const withTodaysTracks = (rollUp: RollUp): RollUp => ({
  ...rollUp,
  tracks: rollUp.tracks.map((track) => ({ ...track, id: todaysSeries(track.id) })),
});

/** Criteria that linked to a chart of another id, or to one that shows less: by criterion and its chart of then. */
const todaysCharts: Readonly<Record<string, string>> = {
  'burst-recovery transactions': 'latency',
  'transaction-errors transactions': 'errors',
  'query-p95 latency': 'time',
  'idle-in-transaction sessions': 'ages',
  'pooler-errors pooler': 'errors',
};

const withTodaysChart = (criterion: CriterionResult): CriterionResult => ({
  ...criterion,
  chart: todaysCharts[`${criterion.id} ${criterion.chart}`] ?? criterion.chart,
});

/**
 * The picture that explained an incident was known to the page, not named by the scenario; all others had the usual
 * one.
 */
const keyChartsOf = ({ keyCharts, name }: ScenarioResult): ScenarioResult['keyCharts'] =>
  keyCharts === undefined && name === 'duplicate-schedules' ? ['dispatched'] : keyCharts;

export const withTodaysCharts = (run: RunResult): RunResult => ({
  ...run,
  scenarios: run.scenarios.map((entry) => ({
    ...entry,
    keyCharts: keyChartsOf(entry),
    criteria: entry.criteria.map(withTodaysChart),
  })),
});

type Observation = SymptomDeclaration['observe'];

const todaysObservation = (observed: Observation): Observation => {
  if (observed.kind !== 'series') return observed;
  const { series, minus } = observed;
  return {
    ...observed,
    series: todaysSeries(series),
    ...(minus == null ? {} : { minus: { ...minus, series: todaysSeries(minus.series) } }),
  };
};

const todaysSymptom = (symptom: SymptomDeclaration): SymptomDeclaration => ({
  ...symptom,
  observe: todaysObservation(symptom.observe),
});

type Claim = NonNullable<ScenarioDeclaration['claims']>[number];

const todaysClaim = (claim: Claim): Claim =>
  claim.measure == null ? claim : { ...claim, measure: todaysObservation(claim.measure) };

const todaysVariant = (variant: VariantDeclaration): VariantDeclaration => ({
  ...todaysSettings(variant),
  ...(variant.reference == null ? {} : { reference: todaysEnvironment(variant.reference) }),
  ...(variant.symptoms == null ? {} : { symptoms: variant.symptoms.map(todaysSymptom) }),
});

/** A scenario's declaration as an older release saved it, as today's phases read it. */
export const todaysDeclaration = (declaration: ScenarioDeclaration): ScenarioDeclaration => ({
  ...declaration,
  environment: todaysEnvironment(declaration.environment),
  variants: declaration.variants.map(todaysVariant),
  ...(declaration.symptoms == null ? {} : { symptoms: declaration.symptoms.map(todaysSymptom) }),
  ...(declaration.claims == null ? {} : { claims: declaration.claims.map(todaysClaim) }),
});
