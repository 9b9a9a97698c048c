/** What a comparison says of its figures and verdicts; one rule each for the page, the Markdown and the terminal. */
import { formatChange, formatCount, formatValue } from '../measure/numbers-in-words.ts';
import type { Verdict } from '../result.ts';
import type { ChangeVerdict, Comparison, MetricComparison } from './comparison.ts';

/** The first two clauses, and how many more there are: a sentence is read, a list is not. */
export const listed = (clauses: readonly string[]): string =>
  clauses.slice(0, 2).join('; ') + (clauses.length > 2 ? `; and ${clauses.length - 2} more` : '');

/** The change as a share of base, or in the figure's unit where base is 0. */
export const changeText = ({
  relative,
  difference,
  unit,
}: Pick<MetricComparison, 'relative' | 'difference' | 'unit'>): string => {
  if (relative !== null) return formatChange(relative);
  return `${difference < 0 ? '−' : '+'}${formatValue(Math.abs(difference), unit)}`;
};

/** The interval as shares of base's median, or in the unit where base is 0. */
export const intervalText = ({ interval, base, unit }: MetricComparison): string => {
  if (interval === null) return '–';
  const level = Math.abs(base.median);
  const text = (value: number): string => (level === 0 ? formatValue(value, unit) : formatChange(value / level));
  return `${text(interval.low)} to ${text(interval.high)}`;
};

/** Cliff's delta with its word. */
export const effectText = ({ effect, cliffsDelta }: MetricComparison): string =>
  effect === null ? '–' : `${effect} (${cliffsDelta!.toFixed(2).replace('-', '−')})`;

export const verdictText: Record<ChangeVerdict | 'inconclusive', string> = {
  improvement: 'improvement',
  same: 'same',
  regression: 'regression',
  notEnoughData: 'not enough data',
  inconclusive: 'inconclusive',
};

/** A criterion's verdict within a sentence. */
export const judgedText = (verdict: Verdict): string => (verdict === 'notApplicable' ? 'not judged' : verdict);

/** An exact count of one side. */
export const countedText = (count: number | null): string => (count === null ? 'not counted' : formatCount(count));

/** What two single runs show along their time lines. */
export const blocksText = ({ blocks }: MetricComparison): string => {
  if (blocks === null) return '–';
  const { relative, interval, higher } = blocks;
  return (
    `${formatChange(relative)} (${formatChange(interval.low)} to ${formatChange(interval.high)}), ` +
    `higher in ${higher} of ${blocks.blocks} blocks`
  );
};

/** How the two sides were measured, and what may therefore gate. */
export const kindText = ({ kind, gates }: Comparison): string =>
  kind === 'interleaved'
    ? 'Two releases side by side, interleaved on one machine, ' +
      `${gates.repeatsBase} and ${gates.repeatsHead} repeats. Gates: exact counts, criteria by Fisher’s test, and ` +
      `${gates.count} figures by Mann-Whitney with Holm; false alarms of both at most ${gates.alpha * 100} % together.`
    : 'Saved runs, made at different times. Gates: criteria that changed their verdict, and exact counts. Figures ' +
      'were not measured interleaved: they are evidence and never gate.';

// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

/** For a terminal: names and titles come from files and must not move its cursor. Line ends stay. */
export const printable = (text: string): string => text.replaceAll(controlCharacters, '\ufffd');
