import type { Bound, CriterionResult, Verdict } from '../result.ts';
import { messageOf } from '../errors.ts';
import { holds } from '../measure/bounds.ts';
import { worstVerdict } from '../measure/severity.ts';
import type { Criterion, JudgeInput, Measurement } from './criterion.ts';

/** The declaration's own bound, else the criterion's. */
const declaredBounds = ({ bounds }: Criterion, { declaration }: JudgeInput): Bound[] => {
  if (declaration?.value == null) return bounds;
  const comparator = declaration.comparator ?? bounds[0]?.comparator ?? '<=';
  return [{ severity: 'fail', comparator, value: declaration.value }];
};

/** Bounds in force, and where the profile's factor scaled them what the full profile would have demanded. */
const boundsInForce = (criterion: Criterion, input: JudgeInput): { bounds: Bound[]; fullBounds: Bound[] | null } => {
  const full = declaredBounds(criterion, input);
  const { scaled } = criterion;
  const { timeScale } = input.profile;
  if (scaled === undefined || timeScale === 1) return { bounds: full, fullBounds: null };
  const bounds = full.map((bound) => ({ ...bound, value: Math.max(bound.value / timeScale, scaled.floor) }));
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

type Fixed = Pick<
  CriterionResult,
  'id' | 'source' | 'unit' | 'bounds' | 'fullBounds' | 'nextStep' | 'causeRank' | 'chart'
>;

/** What a result says whatever was measured. */
const fixedOf = ({
  id,
  source,
  unit,
  nextStep,
  causeRank,
  chart,
}: Criterion): Omit<Fixed, 'bounds' | 'fullBounds'> => ({
  id,
  source,
  unit,
  nextStep,
  causeRank,
  chart,
});

const unmeasured = (
  title: string,
  measurement: Exclude<Measurement, { state: 'measured' }>,
): Omit<CriterionResult, keyof Fixed> => {
  const { state, reason } = measurement;
  const { count = 0, measuredBy = '' } = measurement.state === 'inconclusive' ? measurement : {};
  return { title, measuredBy, value: null, count, verdict: state, reason };
};

/** One criterion's result. Whatever it cannot see or compute is inconclusive with the reason, never a pass. */
export const judgeCriterion = (criterion: Criterion, input: JudgeInput): CriterionResult => {
  const fixed = { ...fixedOf(criterion), ...boundsInForce(criterion, input) };
  const measurement = measured(criterion, input);
  if (measurement.state !== 'measured') return { ...fixed, ...unmeasured(criterion.title, measurement) };
  const { value, count, numerator = null, measuredBy, evidence = null, worst, reason } = measurement;
  const verdict = verdictOf(measurement, fixed.bounds);
  const reasons = [worst?.reason, reason].filter((one) => one !== undefined && one !== '');
  return {
    ...fixed,
    title: verdict === 'fail' ? criterion.failureTitle : criterion.title,
    measuredBy,
    value,
    count,
    numerator,
    verdict,
    reason: reasons.join('; '),
    evidence,
  };
};
