/** Every figure of every scenario and variant: base, head, difference and what may be said of it. */
import { effectWord } from '../measure/statistics/mann-whitney.ts';
import { pairedBlocks } from './blocks.ts';
import type { Comparison, MetricComparison, PairedBlocks } from './comparison.ts';
import type { EntryPair } from './entries.ts';
import { decideGates, gateAlpha, repeatsNeeded, repeatsOf, type GateInput, type GateResult } from './gates.ts';
import { isGated, metricIds, metricOf, type Metric } from './metrics.ts';
import type { LinePair } from './timelines.ts';

interface Row {
  pair: EntryPair;
  metric: Metric;
  base: number[];
  head: number[];
  gated: boolean;
}

const valuesOf = (entries: EntryPair['base'], id: string): number[] =>
  entries.map(({ figures }) => figures[id]).filter((value) => typeof value === 'number');

const rowsOf = (pair: EntryPair, interleaved: boolean): Row[] => {
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

const inputOf = ({ metric, base, head }: Row): GateInput => ({ metric, base, head });

/** What two single runs show along their time lines; repeats side by side show more. */
const blocksOf = ({ pair, metric }: Row, lines: readonly LinePair[]): PairedBlocks | null => {
  const line = lines.find(({ scenario, variant }) => scenario === pair.scenario && variant === pair.variant);
  return line === undefined || metric.track === null ? null : pairedBlocks(line.base, line.head, metric.track);
};

const comparisonOf = (
  row: Row,
  { test, reason, ...result }: GateResult,
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

/** Gated rows are corrected together; each of the others stands alone, for information. */
const resultsOf = (rows: readonly Row[]): Map<Row, GateResult> => {
  const gated = rows.filter((row) => row.gated);
  const others = rows.filter((row) => !row.gated);
  return new Map([
    ...decideGates(gated.map(inputOf)).map((result, position) => [gated[position]!, result] as const),
    ...others.map((row) => [row, decideGates([inputOf(row)])[0]!] as const),
  ]);
};

export const metricTable = (
  pairs: readonly EntryPair[],
  lines: readonly LinePair[],
  interleaved: boolean,
): MetricTable => {
  const rows = pairs.flatMap((pair) => rowsOf(pair, interleaved));
  const results = resultsOf(rows);
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
      repeatsNeeded: repeatsNeeded(Math.max(1, gated.length)),
    },
  };
};
