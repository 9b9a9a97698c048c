/** Every figure of every scenario and variant: base, head, difference and what may be said of it. */
import { effectWord } from '../measure/statistics/mann-whitney.ts';
import { pairedBlocks } from './blocks.ts';
import type { Chances } from './chances.ts';
import type { Comparison, MetricComparison, PairedBlocks } from './comparison.ts';
import type { EntryPair } from './entries.ts';
import { decideGates, gateAlpha, repeatsNeeded, repeatsOf, type GateInput } from './gates.ts';
import { isGated, metricIds, metricOf, type Metric } from './metrics.ts';
import { slowEvent, withSlowRepeats, type WithSlow } from './slow-repeats.ts';
import type { LinePair } from './timelines.ts';
import type { RepeatEvent } from './uneven-repeats.ts';

export interface FigureRow {
  pair: EntryPair;
  metric: Metric;
  base: number[];
  head: number[];
  gated: boolean;
}

const valuesOf = (entries: EntryPair['base'], id: string): number[] =>
  entries.map(({ figures }) => figures[id]).filter((value): value is number => Number.isFinite(value));

const rowsOf = (pair: EntryPair, interleaved: boolean): FigureRow[] => {
  const entries = [...pair.base, ...pair.head];
  const mayGate = interleaved && pair.head[0]!.expected === 'pass';
  return metricIds(entries)
    .map((id) => ({
      pair,
      metric: metricOf(id, entries),
      base: valuesOf(pair.base, id),
      head: valuesOf(pair.head, id),
      gated: mayGate && isGated(id),
    }))
    .filter(({ base, head }) => base.length > 0 && head.length > 0);
};

const inputOf = ({ metric, base, head }: FigureRow): GateInput => ({ metric, base, head });

/** What two single runs show along their time lines; repeats side by side show more. */
const blocksOf = ({ pair, metric }: FigureRow, lines: readonly LinePair[]): PairedBlocks | null => {
  const line = lines.find(({ scenario, variant }) => scenario === pair.scenario && variant === pair.variant);
  return line === undefined || metric.track === null ? null : pairedBlocks(line.base, line.head, metric.track);
};

const comparisonOf = (
  row: FigureRow,
  { test, reason, ...result }: WithSlow,
  lines: readonly LinePair[],
  interleaved: boolean,
): MetricComparison => ({
  scenario: row.pair.scenario,
  variant: row.pair.variant,
  metric: row.metric.id,
  title: row.metric.title,
  unit: row.metric.unit,
  better: row.metric.better,
  minimumChange: row.metric.minimumChange,
  gated: row.gated,
  base: repeatsOf(row.base),
  head: repeatsOf(row.head),
  ...result,
  cliffsDelta: test?.cliffsDelta ?? null,
  effect: test === null ? null : effectWord(test.cliffsDelta),
  p: test?.p ?? null,
  reason: interleaved || test === null ? reason : `${reason}; not interleaved, so evidence only`,
  blocks: interleaved ? null : blocksOf(row, lines),
});

export interface MetricTable {
  metrics: MetricComparison[];
  gates: Comparison['gates'];
}

/** Figures of all pairs that both sides have. */
export const figureRows = (pairs: readonly EntryPair[], interleaved: boolean): FigureRow[] =>
  pairs.flatMap((pair) => rowsOf(pair, interleaved));

/** Repeats that are far off the others, of figures that gate. */
export const slowEvents = (rows: readonly FigureRow[]): RepeatEvent[] =>
  rows.filter(({ gated }) => gated).map(slowEvent);

type FigureChances = Pick<Chances, 'ofSlow' | 'shares'>;

/** Gated rows are corrected together; each of the others stands alone, for information. */
const resultsOf = (rows: readonly FigureRow[], { ofSlow, shares }: FigureChances): Map<FigureRow, WithSlow> => {
  const gated = rows.filter((row) => row.gated);
  const others = rows.filter((row) => !row.gated);
  const results = decideGates(gated.map(inputOf), { shares });
  return new Map([
    ...gated.map((row, position) => {
      const event = slowEvent(row);
      return [row, withSlowRepeats(results[position]!, row, event, ofSlow(event))] as const;
    }),
    ...others.map((row) => [row, { ...decideGates([inputOf(row)])[0]!, slowRepeats: null }] as const),
  ]);
};

export const metricTable = (
  rows: readonly FigureRow[],
  lines: readonly LinePair[],
  interleaved: boolean,
  chances: FigureChances,
): MetricTable => {
  const results = resultsOf(rows, chances);
  const gated = rows.filter((row) => row.gated);
  const fewest = (side: 'base' | 'head'): number =>
    gated.length === 0 ? 0 : Math.min(...gated.map((row) => row[side].length));
  return {
    metrics: rows.map((row) => comparisonOf(row, results.get(row)!, lines, interleaved)),
    gates: {
      count: gated.length,
      alpha: gateAlpha,
      repeatsBase: fewest('base'),
      repeatsHead: fewest('head'),
      repeatsNeeded: repeatsNeeded(Math.max(1, gated.length), chances.shares.worseFigures),
    },
  };
};
