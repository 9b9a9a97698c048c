/** Figures of a comparison in words; one rule each for the page, the Markdown and the terminal. */
import { formatValue } from '../measure/numbers-in-words.ts';
import type { Verdict } from '../result.ts';
import type { ChangeVerdict, Comparison, MetricComparison } from './comparison.ts';

/** +12 %, −3.4 %; `±0 %` where there is none. */
export const percentText = (share: number | null): string => {
  if (share === null || !Number.isFinite(share)) return '–';
  const percent = Math.abs(share * 100);
  const figure = percent >= 10 ? percent.toFixed(0) : percent.toFixed(1);
  if (Number(figure) === 0) return '±0 %';
  return `${share < 0 ? '−' : '+'}${figure} %`;
};

export const changeText = ({
  relative,
  difference,
  unit,
}: Pick<MetricComparison, 'relative' | 'difference' | 'unit'>): string =>
  relative === null ? `${difference < 0 ? '−' : '+'}${formatValue(Math.abs(difference), unit)}` : percentText(relative);

/** The interval as shares of base's median, or in the unit where base is 0. */
export const intervalText = ({ interval, base, unit }: MetricComparison): string => {
  if (interval === null) return '–';
  const level = Math.abs(base.median);
  const [low, high] =
    level === 0
      ? [formatValue(interval.low, unit), formatValue(interval.high, unit)]
      : [percentText(interval.low / level), percentText(interval.high / level)];
  return `${low} to ${high}`;
};

/** Cliff's delta with its word. */
export const effectText = ({ effect, cliffsDelta }: MetricComparison): string =>
  effect === null ? '–' : `${effect} (${cliffsDelta!.toFixed(2).replace('-', '−')})`;

export const pText = (p: number | null): string => (p === null ? '–' : p < 0.001 ? '< 0.001' : p.toFixed(3));

export const verdictText: Record<ChangeVerdict | 'inconclusive', string> = {
  improvement: 'improvement',
  same: 'same',
  regression: 'regression',
  notEnoughData: 'not enough data',
  inconclusive: 'inconclusive',
};

/** A criterion's verdict within a sentence. */
export const judgedText = (verdict: Verdict): string => (verdict === 'notApplicable' ? 'not judged' : verdict);

/** What two single runs show along their time lines. */
export const blocksText = ({ blocks }: MetricComparison): string => {
  if (blocks === null) return '–';
  return `${percentText(blocks.relative)} (${percentText(blocks.interval.low)} to ${percentText(blocks.interval.high)}), higher in ${blocks.higher} of ${blocks.blocks} blocks`;
};

export const kindText = ({ kind, gates }: Comparison): string =>
  kind === 'interleaved'
    ? `Two releases side by side, interleaved on one machine, ${gates.repeatsBase} and ${gates.repeatsHead} repeats. Gates: exact counts, criteria, and ${gates.count} figures by Mann-Whitney with Holm (false alarms at most ${gates.alpha * 100} % over all of them together).`
    : 'Saved runs, made at different times. Gates: criteria that changed their verdict, and exact counts. Figures were not measured interleaved: they are evidence and never gate.';

/** For a terminal: names and titles come from files and must not move its cursor. Line ends stay. */
export const printable = (text: string): string =>
  text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd'); // oxlint-disable-line no-control-regex
