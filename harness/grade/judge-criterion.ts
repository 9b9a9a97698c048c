import type { Bound, CriterionResult, Verdict } from '../result.ts';
import { messageOf } from '../errors.ts';
import { holds } from '../measure/bounds.ts';
import { worstVerdict } from '../measure/severity.ts';
import { seriesOf } from '../measure/tracks/observations.ts';
import { formatInstant } from '../measure/load-clock.ts';
import { formatNumber } from '../measure/numbers-in-words.ts';
import { unseenBy, unseenWords, type Unseen } from './coverage/coverage.ts';
import type { Criterion, JudgeInput, Measurement, Sustained } from './criterion.ts';

/** A bound of the reference service's, in a run of somebody else's who declared none. */
const isBorrowed = ({ suitsReferenceOnly }: Criterion, { declaration, isForeign }: JudgeInput): boolean =>
  suitsReferenceOnly === true && isForeign === true && declaration?.value == null;

const asWarning = <Judged extends Verdict | Bound['severity']>(judged: Judged): Judged | 'warn' =>
  judged === 'fail' ? 'warn' : judged;

/** The declaration's own bound, else the criterion's. */
const declaredBounds = (criterion: Criterion, input: JudgeInput): Bound[] => {
  const { bounds } = criterion;
  const { declaration } = input;
  if (isBorrowed(criterion, input)) return bounds.map((one) => ({ ...one, severity: asWarning(one.severity) }));
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

/** Where its source is missing and a tap saw the service's connections, it is judged by those. */
const asSeen = (criterion: Criterion, { missing, observations }: JudgeInput): Criterion => {
  const { needs, byTap, ...rest } = criterion;
  if (byTap === undefined || needs === undefined || missing?.[needs] === undefined) return criterion;
  return seriesOf(observations, 'tap.connections').length === 0 ? criterion : { ...rest, ...byTap };
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

type Measured = Extract<Measurement, { state: 'measured' }>;

const brokenBy = (value: number, bounds: readonly Bound[]): Verdict =>
  worstVerdict(bounds.filter((bound) => !holds(value, bound)).map(({ severity }) => severity)) ?? 'pass';

/** What decides: the whole, or its worst stretch where only that breaks a bound. */
interface Decided {
  verdict: Verdict;
  figures: Pick<CriterionResult, 'value' | 'count' | 'numerator' | 'figureWords'>;
  reason: string;
  when?: string | undefined;
}

const spanWords = ({ fromMs, untilMs }: Sustained, { phases }: JudgeInput): string =>
  `from ${formatInstant(fromMs, phases)} to ${formatInstant(untilMs, phases)}`;

const lastedWords = ({ fromMs, untilMs }: Sustained): string => `worst ${formatNumber((untilMs - fromMs) / 1000)} s`;

const stretchWords = (sustained: Sustained, input: JudgeInput): string =>
  `${lastedWords(sustained)} (${spanWords(sustained, input)}): ${sustained.words}`;

/** A figure of the worst stretch says that it is none of the whole. */
const whenOf = (sustained: Sustained, input: JudgeInput): string =>
  `in the ${lastedWords(sustained)}, ${spanWords(sustained, input)}`;

const decided = (measurement: Measured, bounds: readonly Bound[], input: JudgeInput): Decided => {
  const { value, count, numerator = null, sustained, reason = '', when, figureWords } = measurement;
  const whole = brokenBy(value, bounds);
  const words = figureWords === undefined ? {} : { figureWords };
  const byWhole: Decided = { verdict: whole, figures: { value, count, numerator, ...words }, reason, when };
  if (sustained == null) return byWhole;
  const stretch = brokenBy(sustained.value, bounds);
  if (stretch === whole || worstVerdict([stretch, whole]) === whole)
    return { ...byWhole, reason: [reason, stretchWords(sustained, input)].filter((one) => one !== '').join('; ') };
  const figures = Number.isFinite(sustained.value)
    ? { value: sustained.value, count: sustained.count, numerator: sustained.numerator ?? null }
    : byWhole.figures;
  const told = `${stretchWords(sustained, input)}; over the whole: ${reason}`;
  return { verdict: stretch, figures, reason: told, when: whenOf(sustained, input) };
};

const evidenceOf = ({ sustained, evidence }: Measured, input: JudgeInput): CriterionResult['evidence'] => {
  if (sustained == null) return evidence ?? null;
  const { fromMs: atMs, untilMs, source } = sustained;
  return [{ atMs, untilMs, text: stretchWords(sustained, input), source }, ...(evidence ?? [])];
};

type Fixed = Pick<
  CriterionResult,
  'id' | 'source' | 'unit' | 'figureWords' | 'best' | 'bounds' | 'fullBounds' | 'nextStep' | 'causeRank' | 'chart'
>;

/** What a result says whatever was measured. */
const fixedOf = ({
  id,
  source,
  unit,
  figureWords,
  best,
  nextStep,
  causeRank,
  chart,
}: Criterion): Omit<Fixed, 'bounds' | 'fullBounds'> => ({
  id,
  source,
  unit,
  ...(figureWords === undefined ? {} : { figureWords }),
  ...(best === undefined ? {} : { best }),
  nextStep,
  causeRank,
  chart,
});

type Judged = Omit<CriterionResult, Exclude<keyof Fixed, 'figureWords'>>;

const unmeasured = (title: string, measurement: Exclude<Measurement, { state: 'measured' }>): Judged => {
  const { state, reason } = measurement;
  const { count = 0, measuredBy = '' } = measurement.state === 'inconclusive' ? measurement : {};
  return { title, measuredBy, value: null, count, verdict: state, reason };
};

const howToDeclare = ({ id, unit }: Criterion): string => {
  const flag = id === 'api-p95' ? '--p95 MS, ' : '';
  return (
    `nobody declared a bound for this service, so this one only warns; declare yours (${unit}) by ${flag}` +
    `criteria: [{ id: '${id}', value: … }] in options.ext.pgsurge of the script, or ` +
    `{"criteria": {"${id}": …}} in pgsurge.config.json`
  );
};

/** Whatever a borrowed bound finds is a warning; a fact is none of its. */
const borrowedOr = (verdict: Verdict, criterion: Criterion, input: JudgeInput, worst: Measured['worst']): Verdict =>
  isBorrowed(criterion, input) && worst?.isFact !== true ? asWarning(verdict) : verdict;

const judgedBy = (criterion: Criterion, input: JudgeInput, measurement: Measured, bounds: readonly Bound[]): Judged => {
  const { worst, sustained } = measurement;
  const { verdict: byBounds, figures, reason, when = '' } = decided(measurement, bounds, input);
  const found = worst === undefined ? byBounds : worstVerdict([byBounds, worst.verdict])!;
  const verdict = borrowedOr(found, criterion, input, worst);
  const declare = verdict === 'warn' && isBorrowed(criterion, input) ? howToDeclare(criterion) : undefined;
  return {
    ...figures,
    ...(measurement.hasNoValue === true ? { value: null } : {}),
    title: verdict === 'fail' ? criterion.failureTitle : criterion.title,
    measuredBy: measurement.measuredBy + (sustained == null ? '' : '; and the worst stretch of it'),
    verdict,
    reason: [worst?.reason, reason, declare].filter((one) => one !== undefined && one !== '').join('; '),
    evidence: evidenceOf(measurement, input),
    ...(when === '' ? {} : { when }),
  };
};

/**
 * With a hole nothing passes. What was seen may fail it, unless silence itself looks like the failure: then what the
 * harness did not see would be blamed on the service.
 */
const asFarAsSeen = (judged: Judged, { title }: Criterion, unseen: readonly Unseen[]): Judged => {
  if (unseen.length === 0 || judged.verdict === 'notApplicable') return judged;
  const words = unseenWords(unseen);
  const reason = judged.reason === '' ? words : `${words}; ${judged.reason}`;
  if (judged.verdict === 'fail' && !unseen.some(({ silenceLooksBad }) => silenceLooksBad))
    return { ...judged, reason: `${judged.reason}; ${words}` };
  return { ...judged, title, value: null, numerator: null, verdict: 'inconclusive', reason };
};

/** One criterion's result. Whatever it cannot see or compute is inconclusive with the reason, never a pass. */
export const judgeCriterion = (given: Criterion, input: JudgeInput): CriterionResult => {
  const criterion = asSeen(given, input);
  const fixed = { ...fixedOf(criterion), ...boundsInForce(criterion, input) };
  const measurement = measured(criterion, input);
  const judged =
    measurement.state === 'measured'
      ? judgedBy(criterion, input, measurement, fixed.bounds)
      : unmeasured(criterion.title, measurement);
  if (judged.verdict === 'notApplicable') return { ...fixed, ...judged };
  return { ...fixed, ...asFarAsSeen(judged, criterion, unseenBy(criterion.sees, input)) };
};
