/** The figures of both sides in tables: gated ones, others, and those of saved runs. */
import { formatChange, formatP, formatValue, plural } from '../../measure/numbers-in-words.ts';
import { html } from '../../report/html.ts';
import type { Html } from '../../report/html.ts';
import { numbers, sectionOf, tableFrom, words } from '../../report/sections/table.ts';
import type { Comparison, MetricComparison } from '../comparison.ts';
import { pairName } from '../entries.ts';
import { isGated } from '../metrics.ts';
import { blocksText, changeText, effectText, intervalText, kindText } from '../words.ts';
import { changeBadge } from './change-badge.ts';

type Metrics = readonly MetricComparison[];

const how = (text: string): Html => html`<span class="how">${text}</span>`;

const evidenceOf = (metric: MetricComparison): Html =>
  how(metric.blocks === null ? metric.reason : `along the time lines: ${blocksText(metric)}`);

const noise = ({ base, head }: MetricComparison): string =>
  base.cv === null || head.cv === null ? '–' : formatChange(Math.max(base.cv, head.cv)).slice(1);

const sides = ['Base', 'Head', 'Difference'];
const valuesOf = (metric: MetricComparison): string[] => [
  formatValue(metric.base.median, metric.unit),
  formatValue(metric.head.median, metric.unit),
  changeText(metric),
];

const gatedTable = (metrics: Metrics): Html =>
  tableFrom({
    caption:
      'Gates. Medians of the repeats; p after Holm over all gates; the last figure is the smallest change that would ' +
      'have been found in 95 %',
    columns: [
      ...words('Figure', 'Verdict'),
      ...numbers(...sides, '95 % interval'),
      ...words('Effect'),
      ...numbers('p', 'Noise (cv)', 'Would have found'),
    ],
    rows: metrics.map((metric) => [
      metric.title,
      html`${changeBadge(metric.verdict)}${how(metric.reason)}`,
      ...valuesOf(metric),
      intervalText(metric),
      effectText(metric),
      formatP(metric.adjustedP),
      noise(metric),
      metric.detectable === null ? '–' : formatChange(metric.detectable),
    ]),
  });

const otherTable = (metrics: Metrics): Html =>
  tableFrom({
    caption: 'Not gates: shown for orientation, not corrected for their number',
    columns: [...words('Figure'), ...numbers(...sides, '95 % interval', 'Noise (cv)')],
    rows: metrics.map((metric) => [metric.title, ...valuesOf(metric), intervalText(metric), noise(metric)]),
  });

const verdictCell = (metric: MetricComparison): Html => html`${changeBadge(metric.verdict)}${evidenceOf(metric)}`;

const repeatedTable = (metrics: Metrics): Html =>
  tableFrom({
    caption:
      'Medians of the repeats. Not interleaved, so interval, effect and p are evidence, not corrected for their ' +
      'number; along the time lines: paired blocks with a 95 % interval',
    columns: [
      ...words('Figure'),
      ...numbers(...sides, '95 % interval'),
      ...words('Effect'),
      ...numbers('p', 'Noise (cv)'),
      ...words('Verdict'),
    ],
    rows: metrics.map((metric) => [
      metric.title,
      ...valuesOf(metric),
      intervalText(metric),
      effectText(metric),
      formatP(metric.p),
      noise(metric),
      verdictCell(metric),
    ]),
  });

const isSingle = ({ base, head }: MetricComparison): boolean => base.values.length === 1 && head.values.length === 1;

/** Too few repeats for a test. */
const fewTable = (metrics: Metrics): Html => {
  const runs = metrics.every(isSingle) ? 'One run a side' : 'Medians of the repeats, too few for a test';
  return tableFrom({
    caption: `${runs}; along the time lines: paired blocks with a 95 % interval`,
    columns: [...words('Figure'), ...numbers(...sides), ...words('Verdict')],
    rows: metrics.map((metric) => [metric.title, ...valuesOf(metric), verdictCell(metric)]),
  });
};

const savedTable = (metrics: Metrics): Html =>
  metrics.some(({ p }) => p !== null) ? repeatedTable(metrics) : fewTable(metrics);

const tablesOfKind = {
  interleaved: { gates: gatedTable, others: otherTable },
  saved: { gates: savedTable, others: savedTable },
};

const saysNothing = ({ base, head }: MetricComparison): boolean =>
  [...base.values, ...head.values].every((value) => value === 0);

const folded = (title: string, table: Html): Html => html`<details><summary>${title}</summary>${table}</details>`;

/** Those that gate, or would, are open; the rest folds; what was 0 throughout is left out. */
const tablesOf = (name: string, metrics: Metrics, kind: Comparison['kind']): Html => {
  const isOpen = ({ gated, metric }: MetricComparison): boolean => gated || (kind === 'saved' && isGated(metric));
  const gates = metrics.filter(isOpen);
  const others = metrics.filter((metric) => !isOpen(metric) && !saysNothing(metric));
  const tables = tablesOfKind[kind];
  const below = others.length === 0 ? null : tables.others(others);
  const mayFold = below !== null && gates.length > 0;
  return html`<div class="chart"><h3>${name}</h3>
${gates.length === 0 ? null : tables.gates(gates)}
${mayFold ? folded(plural(others.length, 'more figure'), below) : below}
</div>`;
};

export const figuresSection = (comparison: Comparison): Html | null =>
  sectionOf(
    'figures',
    'Figures',
    html`<p class="lead">${kindText(comparison)}</p>`,
    ...[...Map.groupBy(comparison.metrics, pairName)].map(([name, metrics]) =>
      tablesOf(name, metrics, comparison.kind),
    ),
  );
