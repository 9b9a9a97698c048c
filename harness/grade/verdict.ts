import { worstVerdict } from '../measure/severity.ts';
import { symptomsWords, warningIntro } from '../measure/symptom-words.ts';
import type { CriterionResult, ScenarioResult, SymptomResult, Verdict } from '../result.ts';

/** The worst verdict. Nothing judged at all is unknown, so inconclusive. */
export const worstOf = (results: readonly { verdict: Verdict }[]): Verdict =>
  worstVerdict(results.map(({ verdict }) => verdict)) ?? 'inconclusive';

type Expectation = Pick<ScenarioResult, 'verdict' | 'asExpected' | 'reason'>;

const list = (titles: readonly string[]): string => titles.join('; ');

const isWaived = ({ waiver }: CriterionResult): boolean => waiver?.state === 'accepted';

/** What was waived has failed, and is not called met. */
const warned = (criteria: readonly CriterionResult[]): string => {
  const of = (waived: boolean): string =>
    list(criteria.filter((one) => one.verdict === 'warn' && isWaived(one) === waived).map(({ title }) => title));
  const [warnings, waived] = [of(false), of(true)];
  const met = waived === '' ? 'all criteria met' : `all criteria met but what is waived: ${waived}`;
  return warnings === '' ? met : `${met}, with a warning: ${warnings}`;
};

const passExpected = (criteria: readonly CriterionResult[]): Expectation => {
  const verdict = worstOf(criteria);
  const of = (wanted: Verdict): string =>
    list(criteria.filter((one) => one.verdict === wanted).map(({ title }) => title));
  switch (verdict) {
    case 'fail':
      return { verdict, asExpected: false, reason: of('fail') };
    case 'inconclusive':
      return {
        verdict,
        asExpected: null,
        reason: criteria.length === 0 ? 'nothing was judged' : `could not be judged: ${of('inconclusive')}`,
      };
    case 'warn':
      return { verdict, asExpected: true, reason: warned(criteria) };
    default:
      return { verdict, asExpected: true, reason: 'all criteria met' };
  }
};

/** What no defect excuses, named with its reason: data that was lost, or a run that was not the declared one. */
const besides = (unexcused: readonly CriterionResult[]): string => {
  if (unexcused.length === 0) return '';
  const named = unexcused.map(({ title, reason }) => `${title} (${reason})`);
  return `. ${warningIntro}${list(named)}`;
};

/** Claims are shown, never gate; the symptoms left must all be observed, and there must be one. */
const symptomsExpected = (
  criteria: readonly CriterionResult[],
  symptoms: readonly SymptomResult[],
  unexcused: readonly CriterionResult[],
): Expectation => {
  const gating = symptoms.filter(({ tag }) => tag !== 'claim');
  const titles = (observed: boolean | null): string[] =>
    gating.filter((symptom) => symptom.observed === observed).map(({ title }) => title);
  const [absent, unknown] = [titles(false), titles(null)];
  const open = (reason: string): Expectation => ({ verdict: 'inconclusive', asExpected: null, reason });
  if (absent.length > 0) return { verdict: 'fail', asExpected: false, reason: `not-reproduced: ${list(absent)}` };
  if (gating.length === 0) return open('the variant is expected to show symptoms, and none is declared');
  if (unknown.length > 0) return open(`symptoms could not be seen: ${list(unknown)}`);
  const reason = `shows its ${symptomsWords(gating.length)}: ${list(titles(true))}${besides(unexcused)}`;
  return { verdict: worstOf(criteria), asExpected: true, reason };
};

/**
 * Whether an entry came out as its variant promises, and which half did not. Null: unknown. `unexcused`: what the
 * variant's defect does not excuse.
 */
export const expectationOf = (
  expected: 'pass' | 'symptoms',
  criteria: readonly CriterionResult[],
  symptoms: readonly SymptomResult[],
  unexcused: readonly CriterionResult[] = [],
): Expectation => (expected === 'pass' ? passExpected(criteria) : symptomsExpected(criteria, symptoms, unexcused));
