/** Whether the data is right, and whether counts of different sources agree. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';
import type { CheckResult, ScenarioResult } from '../../result.ts';
import { numbers, sectionOf, tableFrom, tableOfAny, words } from './table.ts';
import type { Cell } from './table.ts';

const badges: Record<CheckResult['status'], Html> = {
  ok: badgeOf('pass', 'holds'),
  violated: badgeOf('fail', 'violated'),
  inconclusive: badgeOf('inconclusive', 'unknown'),
};

const mostExamples = 5;

const examplesOf = (list: readonly string[]): Html | null => {
  if (list.length === 0) return null;
  const items = list.slice(0, mostExamples).map((text) => html`<li><code>${text}</code></li>`);
  return html`<ul class="examples">${items}</ul>`;
};

const checkRow = (check: CheckResult): Cell[] => [
  html`${check.title} <span class="how">${check.invariant} · <code>${check.id}</code></span>`,
  badges[check.status],
  formatCount(check.examined),
  formatCount(check.violations),
  html`${check.reason}${examplesOf(check.examples)}`,
];

const outcomesTable = (counts: ScenarioResult['outcomes']): Html | null => {
  if (!counts) return null;
  const { invoked, ok, fail, unknown, recovered } = counts;
  return tableFrom({
    caption: 'Outcomes of writes, as their senders know them: unknown is neither a success nor a failure',
    columns: numbers('Sent', 'Acknowledged', 'Refused or failed', 'Unknown', 'Unknown, found done'),
    rows: [[...[invoked, ok, fail, unknown].map(formatCount), recovered == null ? '–' : formatCount(recovered)]],
  });
};

export const checksSection = ({ checks, outcomes }: ScenarioResult): Html | null =>
  sectionOf(
    'checks',
    'Is the data right?',
    tableOfAny({
      caption: 'Checkers: the ledger, kept outside the database, against the database after the run',
      columns: [...words('Checker', 'Result'), ...numbers('Examined', 'Violations'), ...words('Finding')],
      rows: checks.map(checkRow),
    }),
    outcomesTable(outcomes),
  );

export const identitiesSection = ({ identities }: ScenarioResult): Html | null =>
  sectionOf(
    'identities',
    'Do the figures agree?',
    tableOfAny({
      caption: 'Pairs of counts from different sources that must be equal',
      columns: [...words('Pair'), ...numbers('Left', 'Right'), ...words('Holds', 'Note')],
      rows: identities.map(({ title, left, right, holds, note }) => [
        title,
        formatCount(left),
        formatCount(right),
        holds ? badgeOf('pass', 'yes') : badgeOf('fail', 'no'),
        note ?? '',
      ]),
    }),
  );
