/** What a page says of verdicts and of what was judged; numbers and bounds are worded in measure/. */
import { formatCount, formatCountOf } from '../measure/numbers-in-words.ts';
import type { CriterionResult, ScenarioResult, Verdict } from '../result.ts';

export const formatMargin = (margin: number | null): string => {
  if (margin === null) return '–';
  const percent = Math.round(margin * 100);
  if (percent > 999) return '> +999 %';
  if (percent < -999) return '< −999 %';
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
};

/** "2 of 52,261" for shares, else how many there were. */
export const formatOutOf = ({ numerator, count }: CriterionResult): string =>
  numerator === null || numerator === undefined ? formatCount(count) : formatCountOf(numerator, count);

export const verdictWords: Record<Verdict, string> = {
  pass: 'Pass',
  warn: 'Warning',
  fail: 'Fail',
  inconclusive: 'Inconclusive',
  notApplicable: 'Not applicable',
};

type Expected = Pick<ScenarioResult, 'asExpected'>;

/** As expected or not, which for a broken variant is not the same as passing. */
export const expectedVerdict = ({ asExpected }: Expected): 'pass' | 'fail' | 'inconclusive' => {
  if (asExpected === null) return 'inconclusive';
  return asExpected ? 'pass' : 'fail';
};

export const expectationWord = (entry: Expected): string =>
  ({ pass: 'yes', fail: 'no', inconclusive: 'unknown' })[expectedVerdict(entry)];

/** The verdict of what was to show symptoms, in words. */
export const expectedWords = {
  pass: 'As expected',
  fail: 'Not as expected',
  inconclusive: verdictWords.inconclusive,
} as const;

/** What stands beside an entry: its verdict, or, where symptoms were wanted, whether they came. */
export const shownVerdict = (
  scenario: Pick<ScenarioResult, 'asExpected' | 'expected' | 'verdict'>,
): { verdict: Verdict; word: string } => {
  if (scenario.expected === 'pass') return { verdict: scenario.verdict, word: verdictWords[scenario.verdict] };
  const verdict = expectedVerdict(scenario);
  return { verdict, word: expectedWords[verdict] };
};

/** What was to show symptoms has no letter. */
export const letterOf = ({ expected, grade }: Pick<ScenarioResult, 'expected' | 'grade'>): string =>
  expected === 'symptoms' ? '–' : (grade ?? '–');

/** Names of variants that are the only one of their scenario, and so are not said. */
export const isPlainVariant = (variant: string): boolean => ['default', 'healthy'].includes(variant);
