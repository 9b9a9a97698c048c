/** What changed beside the figures: criteria, exact counts, queries, and what the two sides are. */
import { formatCount, formatValue, plural } from '../../measure/numbers-in-words.ts';
import { html } from '../../report/html.ts';
import type { Html } from '../../report/html.ts';
import { badgeOf } from '../../report/icons.ts';
import { numbers, sectionOf, tableFrom, tableOfAny, words } from '../../report/sections/table.ts';
import type { Cell } from '../../report/sections/table.ts';
import type { CriterionResult } from '../../result.ts';
import type { Comparison, Side } from '../comparison.ts';
import { pairName } from '../entries.ts';
import { countedText } from '../words.ts';
import { changeBadge } from './change-badge.ts';

const sideCell = ({ verdict, value }: Pick<CriterionResult, 'verdict' | 'value'>, unit: string): Html =>
  html`${badgeOf(verdict)}<span class="how">${formatValue(value, unit)}</span>`;

export const criteriaSection = ({ criteria }: Comparison): Html | null => {
  const table = tableOfAny({
    caption: 'Worst first',
    columns: words('Scenario', 'Criterion', 'Base', 'Head', 'Why'),
    rows: criteria.map((criterion) => [
      pairName(criterion),
      criterion.title,
      sideCell(criterion.base, criterion.unit),
      sideCell(criterion.head, criterion.unit),
      criterion.reason,
    ]),
  });
  return sectionOf('criteria', 'Criteria that changed their verdict', table ?? html`<p>None.</p>`);
};

export const countsSection = ({ counts }: Comparison): Html | null => {
  if (counts.length === 0) return null;
  const notZero = counts.filter(({ base, head }) => base !== 0 || head !== 0);
  const zeros = counts.length - notZero.length;
  const others =
    zeros === 0 ? '' : ` ${plural(zeros, 'count')} of lost writes and violated invariants: 0 on both sides.`;
  return sectionOf(
    'counts',
    'Exact counts',
    html`<p class="lead">Counted, so that one more is a regression.${others}</p>`,
    tableOfAny({
      caption: 'Counts that are not 0',
      columns: [...words('Scenario', 'Count'), ...numbers('Base', 'Head'), ...words('Verdict')],
      rows: notZero.map((count) => [
        pairName(count),
        count.title,
        countedText(count.base),
        formatCount(count.head),
        changeBadge(count.verdict),
      ]),
    }),
  );
};

type Operation = Comparison['operations'][number];

/** So many per scenario and variant: the rest did not move. */
const mostOperations = 8;

const operationRow = ({ name, base, head, calls, secondsMore }: Operation): Cell[] => [
  name,
  formatValue(base, 'ms'),
  formatValue(head, 'ms'),
  `${formatCount(calls.base)} → ${formatCount(calls.head)}`,
  `${secondsMore < 0 ? '−' : '+'}${formatValue(Math.abs(secondsMore), 's')}`,
];

export const operationsSection = ({ operations }: Comparison): Html | null =>
  sectionOf(
    'operations',
    'Which queries moved',
    ...[...Map.groupBy(operations, pairName)].map(([name, own]) =>
      tableFrom({
        caption: `${name}: by the time they took in all, the most moved first`,
        columns: [
          ...words('Query'),
          ...numbers('Base, p95', 'Head, p95', 'Calls per run', 'Time per run, head − base'),
        ],
        rows: own.slice(0, mostOperations).map(operationRow),
      }),
    ),
  );

const sideRow = (name: string, side: Side): Cell[] => [
  name,
  side.name,
  side.id,
  side.startedAt.slice(0, 16).replace('T', ' '),
  `${side.commit?.slice(0, 12) ?? '–'}${side.dirty === true ? ' (changed)' : ''}`,
  badgeOf(side.verdict),
];

const differencesTable = ({ differences }: Comparison): Html | null =>
  tableOfAny({
    caption: 'Settings, versions and facts that are not the same',
    columns: words('What', 'Name', 'Base', 'Head'),
    rows: differences.map(({ what, name, base, head }) => [
      what,
      name,
      html`<code>${base}</code>`,
      html`<code>${head}</code>`,
    ]),
  });

const onlyOn = (side: string, names: readonly string[]): Html | null =>
  names.length === 0 ? null : html`<p>Only ${side} has: ${names.join(', ')}.</p>`;

export const differencesSection = (comparison: Comparison): Html | null =>
  sectionOf(
    'differences',
    'What differs',
    tableFrom({
      caption: 'The two sides',
      columns: words('Side', 'Name', 'Run', 'Started (UTC)', 'Commit', 'Verdict'),
      rows: [sideRow('Base', comparison.base), sideRow('Head', comparison.head)],
    }),
    differencesTable(comparison) ?? html`<p>No setting, version or host fact differs.</p>`,
    onlyOn('base', comparison.onlyBase),
    onlyOn('head', comparison.onlyHead),
  );
