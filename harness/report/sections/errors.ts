/** What went wrong, in which words. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { isMostlyUnread, linesReadOf } from '../../measure/logs/lines-read.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { ScenarioResult } from '../../result.ts';
import { instantOf } from './evidence.ts';
import { numbers, sectionOf, tableOfAny, words } from './table.ts';

const mostLines = 40;

type LogLine = Observations['logLines'][number];

const lineItem = ({ atMs, component, instance, text }: LogLine, startMs: number): Html => {
  const at = html`<span class="at">${instantOf(atMs, startMs)}</span>`;
  const origin = html`<span class="soft">${component} ${instance}</span>`;
  return html`<li>${at} ${origin} <code>${text}</code></li>`;
};

const logOf = (observations: Observations | null, startMs: number): Html | null => {
  const lines = observations?.logLines ?? [];
  if (lines.length === 0) return null;
  const shown = lines.slice(0, mostLines);
  const count = `${formatCount(shown.length)} of ${formatCount(lines.length)} kept log lines`;
  return html`<details class="log"><summary>${count}</summary>
<ol class="log-lines">${shown.map((line) => lineItem(line, startMs))}</ol>
</details>`;
};

const caption =
  'Whatever the driver’s words: each family once per source, retried ones too. pgsurge why "TEXT" says more of each';

const familiesTable = ({ errors }: ScenarioResult): Html | null =>
  tableOfAny({
    caption,
    columns: [...words('Family', 'Seen by'), ...numbers('Count'), ...words('For example')],
    rows: errors
      .toSorted((a, b) => b.count - a.count)
      .map(({ family, source, count, example }) => [family, source, formatCount(count), html`<code>${example}</code>`]),
  });

const components = ['service', 'pooler', 'database'] as const;

/** A log of which nothing was understood looks like one without errors. */
const linesOf = (observations: Observations | null): Html | null => {
  const known = components.flatMap((component) => {
    const lines = observations === null ? null : linesReadOf(observations, component);
    return lines === null ? [] : [{ component, ...lines }];
  });
  if (known.length === 0) return null;
  const said = known.map(({ component, read, notUnderstood }) => {
    const unclear = notUnderstood === 0 ? '' : `, ${formatCount(notUnderstood)} of them not understood`;
    return `${component} ${formatCount(read)}${unclear}`;
  });
  const isUnread = known.some(isMostlyUnread);
  const warning = isUnread ? ' Where most lines were not understood, “no errors” says nothing.' : '';
  return html`<p class="soft">Lines read: ${said.join('; ')}.${warning}</p>`;
};

export const errorsSection = (
  scenario: ScenarioResult,
  observations: Observations | null,
  startMs: number,
): Html | null =>
  sectionOf(
    'errors',
    'Errors, by family',
    familiesTable(scenario),
    linesOf(observations),
    logOf(observations, startMs),
  );
