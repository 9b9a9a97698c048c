/** A comparison as one page that opens offline, without scripts: the verdict first, then what changed, then everything. */
import { formatChange, formatCount, formatP, formatValue, plural } from '../../measure/numbers-in-words.ts';
import { html } from '../../report/html.ts';
import type { Html } from '../../report/html.ts';
import { badgeOf } from '../../report/icons.ts';
import { pageOf } from '../../report/pages/page.ts';
import { bannerOf } from '../../report/sections/banner.ts';
import { sectionOf, tableFrom } from '../../report/sections/table.ts';
import type { Verdict } from '../../result.ts';
import type { ChangeVerdict, Comparison, MetricComparison, Side, Timeline } from '../comparison.ts';
import { pairName } from '../entries.ts';
import { gatedMetrics, isGated } from '../metrics.ts';
import { blocksText, changeText, effectText, intervalText, kindText, verdictText } from '../words.ts';
import { changeBadge } from './change-badge.ts';
import { timelineChart } from './timeline-chart.ts';

/** The page's colours and shapes are those of verdicts. */
const verdictOfChange: Record<ChangeVerdict | 'inconclusive', Verdict> = {
  improvement: 'pass',
  same: 'pass',
  regression: 'fail',
  notEnoughData: 'inconclusive',
  inconclusive: 'inconclusive',
};

/** About 7 kB each: with the rest of a matrix's page 0.3 MB, of the 1.2 MB that it may have. More, and nobody looks. */
const mostCharts = 24;

const gatedTracks = new Set(gatedMetrics.map(({ track }) => track));

/** As many of each scenario and variant, those that show a gated figure first; drawn in the comparison's order. */
export const shownTimelines = (timelines: readonly Timeline[], most = mostCharts): Timeline[] => {
  const turns = [...Map.groupBy(timelines, pairName).values()].flatMap((lines) =>
    lines
      .toSorted((a, b) => Number(gatedTracks.has(b.track)) - Number(gatedTracks.has(a.track)))
      .map((line, turn) => ({ line, turn })),
  );
  const shown = new Set(
    turns
      .toSorted((a, b) => a.turn - b.turn)
      .slice(0, most)
      .map(({ line }) => line),
  );
  return timelines.filter((line) => shown.has(line));
};

const words: Record<Comparison['verdict'], string> = {
  improvement: 'Improvement',
  same: 'Same',
  regression: 'Regression',
  notEnoughData: 'Not enough data',
  inconclusive: 'Inconclusive',
};

const forcedNote = ({ unlike }: Comparison): Html | null =>
  unlike.length === 0
    ? null
    : html`<section class="banner v-warn" aria-label="Warning"><div class="banner-text"><p class="sentence">These runs are not alike; they were compared because --force was given.</p><ul>${unlike.map((reason) => html`<li>${reason}</li>`)}</ul></div></section>`;

const criteriaSection = (comparison: Comparison): Html | null =>
  sectionOf(
    'criteria',
    'Criteria that changed their verdict',
    comparison.criteria.length === 0
      ? html`<p>None.</p>`
      : tableFrom({
          caption: 'Worst first',
          columns: [
            { title: 'Scenario' },
            { title: 'Criterion' },
            { title: 'Base' },
            { title: 'Head' },
            { title: 'Why' },
          ],
          rows: comparison.criteria.map(({ scenario, variant, title, base, head, unit, reason }) => [
            pairName({ scenario, variant }),
            title,
            html`${badgeOf(base.verdict)}<span class="how">${formatValue(base.value, unit)}</span>`,
            html`${badgeOf(head.verdict)}<span class="how">${formatValue(head.value, unit)}</span>`,
            reason,
          ]),
        }),
  );

const countsSection = ({ counts }: Comparison): Html | null => {
  const worth = counts.filter(({ base, head }) => base !== 0 || head !== 0);
  const none = counts.length - worth.length;
  return sectionOf(
    'counts',
    'Exact counts',
    counts.length === 0
      ? null
      : html`<p class="lead">Counted, so that one more is a regression.${none > 0 ? ` ${plural(none, 'count')} of lost writes and violated invariants: 0 on both sides.` : ''}</p>`,
    worth.length === 0
      ? null
      : tableFrom({
          caption: 'Counts that are not 0',
          columns: [
            { title: 'Scenario' },
            { title: 'Count' },
            { title: 'Base', number: true },
            { title: 'Head', number: true },
            { title: 'Verdict' },
          ],
          rows: worth.map((count) => [
            pairName(count),
            count.title,
            formatCount(count.base),
            formatCount(count.head),
            changeBadge(count.verdict),
          ]),
        }),
  );
};

const evidenceOf = (metric: MetricComparison): Html =>
  metric.blocks === null
    ? html`<span class="how">${metric.reason}</span>`
    : html`<span class="how">along the time lines: ${blocksText(metric)}</span>`;

const noise = ({ base, head }: MetricComparison): string =>
  base.cv === null || head.cv === null ? '–' : `${formatChange(Math.max(base.cv, head.cv)).slice(1)}`;

const number = (title: string): { title: string; number: true } => ({ title, number: true });

const values = (metric: MetricComparison): string[] => [
  formatValue(metric.base.median, metric.unit),
  formatValue(metric.head.median, metric.unit),
  changeText(metric),
];

const gatedTable = (rows: readonly MetricComparison[]): Html =>
  tableFrom({
    caption:
      'Gates. Medians of the repeats; p after Holm over all gates; the last figure is the smallest change that would have been found in 95 %',
    columns: [
      { title: 'Figure' },
      { title: 'Verdict' },
      number('Base'),
      number('Head'),
      number('Difference'),
      number('95 % interval'),
      { title: 'Effect' },
      number('p'),
      number('Noise (cv)'),
      number('Would have found'),
    ],
    rows: rows.map((metric) => [
      metric.title,
      html`${changeBadge(metric.verdict)}<span class="how">${metric.reason}</span>`,
      ...values(metric),
      intervalText(metric),
      effectText(metric),
      formatP(metric.adjustedP),
      noise(metric),
      metric.detectable === null ? '–' : formatChange(metric.detectable),
    ]),
  });

const otherTable = (rows: readonly MetricComparison[]): Html =>
  tableFrom({
    caption: 'Not gates: shown for orientation, not corrected for their number',
    columns: [
      { title: 'Figure' },
      number('Base'),
      number('Head'),
      number('Difference'),
      number('95 % interval'),
      number('Noise (cv)'),
    ],
    rows: rows.map((metric) => [metric.title, ...values(metric), intervalText(metric), noise(metric)]),
  });

const verdictCell = (metric: MetricComparison): Html => html`${changeBadge(metric.verdict)}${evidenceOf(metric)}`;

const savedTable = (rows: readonly MetricComparison[]): Html =>
  rows.some(({ p }) => p !== null)
    ? tableFrom({
        caption:
          'Medians of the repeats. Not interleaved, so interval, effect and p are evidence, not corrected for their number; along the time lines: paired blocks with a 95 % interval',
        columns: [
          { title: 'Figure' },
          number('Base'),
          number('Head'),
          number('Difference'),
          number('95 % interval'),
          { title: 'Effect' },
          number('p'),
          number('Noise (cv)'),
          { title: 'Verdict' },
        ],
        rows: rows.map((metric) => [
          metric.title,
          ...values(metric),
          intervalText(metric),
          effectText(metric),
          formatP(metric.p),
          noise(metric),
          verdictCell(metric),
        ]),
      })
    : tableFrom({
        caption: `${rows.every(({ base, head }) => base.values.length === 1 && head.values.length === 1) ? 'One run a side' : 'Medians of the repeats, too few for a test'}; along the time lines: paired blocks with a 95 % interval`,
        columns: [{ title: 'Figure' }, number('Base'), number('Head'), number('Difference'), { title: 'Verdict' }],
        rows: rows.map((metric) => [metric.title, ...values(metric), verdictCell(metric)]),
      });

const saysNothing = ({ base, head }: MetricComparison): boolean =>
  [...base.values, ...head.values].every((value) => value === 0);

const folded = (title: string, table: Html): Html => html`<details><summary>${title}</summary>${table}</details>`;

/** Those that gate, or would, are open; the rest folds; what was 0 throughout is left out. */
const metricTables = ({ metrics, kind }: Comparison): Html[] =>
  [...Map.groupBy(metrics, (metric) => pairName(metric))].map(([name, rows]) => {
    const [first, rest] = [
      rows.filter(({ gated, metric }) => gated || (kind === 'saved' && isGated(metric))),
      rows.filter(({ gated, metric }) => !gated && !(kind === 'saved' && isGated(metric))),
    ];
    const others = rest.filter((metric) => !saysNothing(metric));
    const table =
      kind === 'interleaved' ? { first: gatedTable, rest: otherTable } : { first: savedTable, rest: savedTable };
    const tableOfOthers = others.length === 0 ? null : table.rest(others);
    const below =
      tableOfOthers !== null && first.length > 0
        ? folded(plural(others.length, 'more figure'), tableOfOthers)
        : tableOfOthers;
    return html`<div class="chart"><h3>${name}</h3>${first.length === 0 ? null : table.first(first)}${below}</div>`;
  });

/** So many per scenario and variant: the rest did not move. */
const mostOperations = 8;

const operationsSection = ({ operations }: Comparison): Html | null =>
  sectionOf(
    'operations',
    'Which queries moved',
    ...[...Map.groupBy(operations, (operation) => pairName(operation))].map(([name, rows]) =>
      tableFrom({
        caption: `${name}: by the time they took in all, the most moved first`,
        columns: [
          { title: 'Query' },
          number('Base, p95'),
          number('Head, p95'),
          number('Calls per run'),
          number('Time per run, head − base'),
        ],
        rows: rows
          .slice(0, mostOperations)
          .map((operation) => [
            operation.name,
            formatValue(operation.base, 'ms'),
            formatValue(operation.head, 'ms'),
            `${formatCount(operation.calls.base)} → ${formatCount(operation.calls.head)}`,
            `${operation.secondsMore < 0 ? '−' : '+'}${formatValue(Math.abs(operation.secondsMore), 's')}`,
          ]),
      }),
    ),
  );

const sideRow = (name: string, side: Side): (Html | string)[] => [
  name,
  side.name,
  side.id,
  side.startedAt.slice(0, 16).replace('T', ' '),
  `${side.commit?.slice(0, 12) ?? '–'}${side.dirty === true ? ' (changed)' : ''}`,
  badgeOf(side.verdict),
];

const differencesSection = (comparison: Comparison): Html | null =>
  sectionOf(
    'differences',
    'What differs',
    tableFrom({
      caption: 'The two sides',
      columns: [
        { title: 'Side' },
        { title: 'Name' },
        { title: 'Run' },
        { title: 'Started (UTC)' },
        { title: 'Commit' },
        { title: 'Verdict' },
      ],
      rows: [sideRow('Base', comparison.base), sideRow('Head', comparison.head)],
    }),
    comparison.differences.length === 0
      ? html`<p>No setting, version or host fact differs.</p>`
      : tableFrom({
          caption: 'Settings, versions and facts that are not the same',
          columns: [{ title: 'What' }, { title: 'Name' }, { title: 'Base' }, { title: 'Head' }],
          rows: comparison.differences.map(({ what, name, base, head }) => [
            what,
            name,
            html`<code>${base}</code>`,
            html`<code>${head}</code>`,
          ]),
        }),
    ...[
      ['base', comparison.onlyBase],
      ['head', comparison.onlyHead],
    ].map(([side, names]) =>
      names!.length === 0 ? null : html`<p>Only ${side as string} has: ${(names as string[]).join(', ')}.</p>`,
    ),
  );

const chartsSection = async ({ timelines, base, head, kind }: Comparison): Promise<Html | null> => {
  const shown = shownTimelines(timelines);
  const charts: Html[] = [];
  for (const [index, line] of shown.entries()) {
    const isFirst = index === 0 || pairName(shown[index - 1]!) !== pairName(line);
    charts.push(
      html`${isFirst ? html`<h3>${pairName(line)}</h3>` : null}${await timelineChart(line, { base: `base: ${base.name}`, head: `head: ${head.name}` })}`,
    );
  }
  const left = timelines.length - shown.length;
  return sectionOf(
    'charts',
    'Both on one axis',
    charts.length === 0
      ? null
      : html`<p class="lead">Aligned by phase: the same instants of the same phases lie above each other.${kind === 'interleaved' ? ' The first repeat of each side.' : ''}${left > 0 ? ` ${left} more are in the JSON.` : ''}</p>`,
    ...charts,
  );
};

/** One self-contained file. The same comparison gives the same page. */
export const comparePage = async (comparison: Comparison): Promise<string> => {
  const { base, head, verdict, sentence, nextStep, metrics, kind, gates } = comparison;
  const judged = metrics.filter(({ gated }) => gated);
  const tally =
    kind === 'interleaved'
      ? `${judged.filter((metric) => metric.verdict === 'regression').length} of ${gates.count} gated figures ${verdictText.regression}, ${judged.filter((metric) => metric.verdict === 'same').length} same`
      : `${plural(comparison.criteria.length, 'criterion', 'criteria')} changed; figures do not gate`;
  return pageOf({
    title: `${base.name} against ${head.name}: ${words[verdict]} · pgsurge`,
    back: null,
    contents: [
      ['criteria', 'Criteria'],
      ['figures', 'Figures'],
      ...(comparison.timelines.length > 0 ? [['charts', 'Charts'] as [string, string]] : []),
      ['differences', 'What differs'],
    ],
    banner: bannerOf({
      kicker: kind === 'interleaved' ? 'Two releases, interleaved' : 'Two saved runs',
      title: `${head.name} against ${base.name}`,
      verdict: verdictOfChange[verdict],
      word: words[verdict],
      sentence,
      nextStep,
      grade: null,
      gradeRule: null,
      tally,
    }),
    body: [
      forcedNote(comparison),
      criteriaSection(comparison),
      countsSection(comparison),
      sectionOf('figures', 'Figures', html`<p class="lead">${kindText(comparison)}</p>`, ...metricTables(comparison)),
      operationsSection(comparison),
      await chartsSection(comparison),
      differencesSection(comparison),
    ],
    footer: `pgsurge comparison, schema ${comparison.schema}. Base ${base.id}, head ${head.id}.`,
  });
};
