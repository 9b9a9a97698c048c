import type { Bound, CriterionResult, Verdict } from '../result.ts';
import { messageOf } from '../errors.ts';
import { holds } from '../measure/bounds.ts';
import { worstVerdict } from '../measure/severity.ts';
import type { Criterion, JudgeInput, Measurement } from './criterion.ts';

/** Bounds in force: the declaration's own, else the criterion's; scaled ones divided by the profile's factor. */
const boundsInForce = (criterion: Criterion, input: JudgeInput): { bounds: Bound[]; fullBounds: Bound[] | null } => {
  const declared = input.declaration;
  const full: Bound[] =
    declared?.value != null
      ? [
          {
            severity: 'fail',
            comparator: declared.comparator ?? criterion.bounds[0]?.comparator ?? '<=',
            value: declared.value,
          },
        ]
      : criterion.bounds;
  const scaling = criterion.scaled;
  if (scaling === undefined || input.profile.timeScale === 1) return { bounds: full, fullBounds: null };
  const bounds = full.map((bound) => ({
    ...bound,
    value: Math.max(bound.value / input.profile.timeScale, scaling.floor),
  }));
  return { bounds, fullBounds: full };
};

const measured = (criterion: Criterion, input: JudgeInput): Measurement => {
  if (input.declaration?.notApplicable != null)
    return { state: 'notApplicable', reason: input.declaration.notApplicable };
  const missing = criterion.needs === undefined ? undefined : input.missing?.[criterion.needs];
  if (missing !== undefined) return { state: 'notApplicable', reason: missing };
  try {
    const measurement = criterion.measure(input);
    if (measurement.state === 'measured' && !Number.isFinite(measurement.value))
      return { state: 'inconclusive', reason: `the measure gave ${measurement.value}` };
    return measurement;
  } catch (error) {
    return { state: 'inconclusive', reason: `judging broke: ${messageOf(error)}` };
  }
};

const verdictOf = (measurement: Extract<Measurement, { state: 'measured' }>, bounds: readonly Bound[]): Verdict => {
  const broken: Verdict[] = bounds.filter((bound) => !holds(measurement.value, bound)).map(({ severity }) => severity);
  return worstVerdict(measurement.worst === undefined ? broken : [...broken, measurement.worst.verdict]) ?? 'pass';
};

/** One criterion's result. Whatever it cannot see or compute is inconclusive with the reason, never a pass. */
export const judgeCriterion = (criterion: Criterion, input: JudgeInput): CriterionResult => {
  const { bounds, fullBounds } = boundsInForce(criterion, input);
  const base = {
    id: criterion.id,
    source: criterion.source,
    unit: criterion.unit,
    bounds,
    fullBounds,
    nextStep: criterion.nextStep,
    causeRank: criterion.causeRank,
    chart: criterion.chart,
  };
  const measurement = measured(criterion, input);
  if (measurement.state !== 'measured') {
    const { reason, state } = measurement;
    const count = measurement.state === 'inconclusive' ? (measurement.count ?? 0) : 0;
    const measuredBy = measurement.state === 'inconclusive' ? (measurement.measuredBy ?? '') : '';
    return { ...base, title: criterion.title, measuredBy, value: null, count, verdict: state, reason };
  }
  const verdict = verdictOf(measurement, bounds);
  const reasons = [measurement.worst?.reason, measurement.reason].filter(
    (reason) => reason !== undefined && reason !== '',
  );
  return {
    ...base,
    title: verdict === 'fail' ? criterion.failureTitle : criterion.title,
    measuredBy: measurement.measuredBy,
    value: measurement.value,
    count: measurement.count,
    numerator: measurement.numerator ?? null,
    verdict,
    reason: reasons.join('; '),
    evidence: measurement.evidence ?? null,
  };
};
