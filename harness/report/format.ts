/** Figures and times for people. One rule each, used everywhere. */
import type { Bound, CriterionResult, ScenarioResult, Verdict } from '../result.ts';

const plain = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** Three significant digits; thousands apart from 1,000. */
export const formatNumber = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return plain.format(value);
  return String(Number(value.toPrecision(3)));
};

/** A share in percent: never rounds something to nothing ("< 0.01 %"), nor almost all to all. */
export const formatShare = (share: number): string => {
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return '< 0.01 %';
  if (percent < 100 && percent > 99.99) return '> 99.99 %';
  return percent >= 100 ? `${plain.format(percent)} %` : `${Number(percent.toPrecision(3))} %`;
};

const shareUnits = ['share', '0..1', 'ratio'];
export const isShare = (unit: string): boolean => shareUnits.includes(unit);

const spoken: Record<string, string> = { '1': '', '1/s': '/s', count: '' };

export const formatValue = (value: number | null, unit: string): string => {
  if (value === null || !Number.isFinite(value)) return '–';
  if (isShare(unit)) return formatShare(value);
  if (unit === '%') return formatShare(value / 100);
  const word = spoken[unit] ?? ` ${unit}`;
  return `${formatNumber(value)}${word}`;
};

const signs: Record<Bound['comparator'], string> = { '<': '<', '<=': '≤', '=': '=', '>=': '≥', '>': '>' };

export const formatBound = (bound: Bound, unit: string): string =>
  `${signs[bound.comparator]} ${formatValue(bound.value, unit)}`;

/** How far inside (+) or outside (−) its bound the value lies, as a share of the bound; null where the bound is 0. */
export const marginOf = (value: number | null, bound: Bound | undefined): number | null => {
  if (value === null || bound === undefined || bound.value === 0 || bound.comparator === '=') return null;
  const inside = bound.comparator.startsWith('<') ? bound.value - value : value - bound.value;
  return inside / Math.abs(bound.value);
};

export const formatMargin = (margin: number | null): string => {
  if (margin === null) return '–';
  const percent = Math.round(margin * 100);
  if (Math.abs(percent) > 999) return percent > 0 ? '> +999 %' : '< −999 %';
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
};

/** The bound that the value is measured against: the failing one, else the first. */
export const decidingBound = (criterion: Pick<CriterionResult, 'bounds'>): Bound | undefined =>
  criterion.bounds.find(({ severity }) => severity === 'fail') ?? criterion.bounds[0];

/** "2 of 52,261" for shares, else how many there were. */
export const formatCount = (criterion: CriterionResult): string => {
  if (criterion.numerator !== null && criterion.numerator !== undefined)
    return `${plain.format(criterion.numerator)} of ${plain.format(criterion.count)}`;
  return plain.format(criterion.count);
};

export const formatCountOf = (count: number): string => plain.format(count);

/** 75 s → "1:15 min", 3,700 s → "1:01:40 h", below a minute "12.5 s". */
export const formatDuration = (ms: number): string => {
  const seconds = ms / 1000;
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)}:${pad(whole % 60)} min`;
  return `${Math.floor(whole / 3600)}:${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)} h`;
};

export const formatBytes = (bytes: number): string => {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (bytes >= 2 ** 20) return `${Math.round(bytes / 2 ** 20)} MiB`;
  return `${plain.format(bytes)} B`;
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

/** 1,234 → "1,234 jobs"; 1 → "1 job". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${plain.format(count)} ${count === 1 ? one : many}`;
