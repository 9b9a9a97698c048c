/** Every figure of every scenario and variant: base, head, difference and what may be said of it. */
import { effectWord } from '../measure/statistics/mann-whitney.ts';
import { pairedBlocks } from './blocks.ts';
import type { Comparison, MetricComparison } from './comparison.ts';
import { decideGates, gateAlpha, repeatsNeeded, sampleOf, type GateInput, type GateResult } from './gates.ts';
import type { EntryPair } from './likeness.ts';
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

const rowsOf = (pairs: readonly EntryPair[], interleaved: boolean): Row[] =>
  pairs.flatMap((pair) => {
    const entries = [...pair.base, ...pair.head];
    const passes = pair.head[0]!.expected === 'pass';
    return metricIds(entries)
      .map((id) => ({
        pair,
        metric: metricOf(id, entries),
        base: valuesOf(pair.base, id),
        head: valuesOf(pair.head, id),
        gated: interleaved && passes && isGated(id),
      }))
      .filter(({ base, head }) => base.length > 0 && head.length > 0);
  });

const inputOf = ({ metric, base, head }: Row): GateInput => ({ metric, base, head });

const comparisonOf = (
  row: Row,
  result: GateResult,
  lines: readonly LinePair[],
  interleaved: boolean,
): MetricComparison => {
  const { pair, metric } = row;
  const line = lines.find(({ scenario, variant }) => scenario === pair.scenario && variant === pair.variant);
  const delta = result.test?.cliffsDelta ?? null;
  return {
    scenario: pair.scenario,
    variant: pair.variant,
    metric: metric.id,
    title: metric.title,
    unit: metric.unit,
    better: metric.better,
    base: sampleOf(row.base),
    head: sampleOf(row.head),
    difference: result.difference,
    relative: result.relative,
    interval: result.interval,
    cliffsDelta: delta,
    effect: delta === null ? null : effectWord(delta),
    p: result.test?.p ?? null,
    adjustedP: result.adjustedP,
    gated: row.gated,
    verdict: result.verdict,
    minimumChange: metric.minimumChange,
    detectable: result.detectable,
    reason: interleaved || result.test === null ? result.reason : `${result.reason}; not interleaved, so evidence only`,
    blocks:
      line !== undefined && metric.track !== null && !interleaved
        ? pairedBlocks(line.base, line.head, metric.track)
        : null,
  };
};

export interface MetricTable {
  metrics: MetricComparison[];
  gates: Comparison['gates'];
}

/** Gated rows are corrected together; each of the others stands alone, for information. */
export const metricTable = (
  pairs: readonly EntryPair[],
  lines: readonly LinePair[],
  interleaved: boolean,
): MetricTable => {
  const rows = rowsOf(pairs, interleaved);
  const gated = rows.filter((row) => row.gated);
  const results = new Map<Row, GateResult>(
    decideGates(gated.map(inputOf)).map((result, position) => [gated[position]!, result]),
  );
  for (const row of rows) if (!row.gated) results.set(row, decideGates([inputOf(row)])[0]!);
  const least = (side: 'base' | 'head'): number =>
    gated.reduce((few, row) => Math.min(few, row[side].length), gated.length === 0 ? 0 : Infinity);
  return {
    metrics: rows.map((row) => comparisonOf(row, results.get(row)!, lines, interleaved)),
    gates: {
      count: gated.length,
      alpha: gateAlpha,
      repeatsBase: least('base'),
      repeatsHead: least('head'),
      repeatsNeeded: repeatsNeeded(Math.max(1, gated.length)),
    },
  };
};
