/** What a page says of verdicts and of what was judged; numbers and bounds are worded in measure/. */
import { formatCount, formatCountOf } from '../measure/numbers-in-words.ts';
import type { CriterionResult, ScenarioResult, Verdict } from '../result.ts';

export const formatMargin = (margin: number | null): string => {
  if (margin === null) return '–';
  const percent = Math.round(margin * 100);
  if (Math.abs(percent) > 999) return percent > 0 ? '> +999 %' : '< −999 %';
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
};

/** "2 of 52,261" for shares, else how many there were. */
export const formatOutOf = (criterion: CriterionResult): string => {
  if (criterion.numerator !== null && criterion.numerator !== undefined)
    return formatCountOf(criterion.numerator, criterion.count);
  return formatCount(criterion.count);
};

export const verdictWords: Record<Verdict, string> = {
  pass: 'Pass',
  warn: 'Warning',
  fail: 'Fail',
  inconclusive: 'Inconclusive',
  notApplicable: 'Not applicable',
};

type Expectation = Pick<ScenarioResult, 'asExpected' | 'expected' | 'verdict'>;

/** As expected or not, which for a broken variant is not the same as passing. */
export const expectedVerdict = ({ asExpected }: Pick<ScenarioResult, 'asExpected'>): Verdict =>
  asExpected === null ? 'inconclusive' : asExpected ? 'pass' : 'fail';

/** What stands beside an entry: its verdict, or, where symptoms were wanted, whether they came. */
export const shownVerdict = (scenario: Expectation): { verdict: Verdict; word: string } => {
  if (scenario.expected === 'pass') return { verdict: scenario.verdict, word: verdictWords[scenario.verdict] };
  const verdict = expectedVerdict(scenario);
  return {
    verdict,
    word: verdict === 'pass' ? 'As expected' : verdict === 'fail' ? 'Not as expected' : verdictWords.inconclusive,
  };
};
