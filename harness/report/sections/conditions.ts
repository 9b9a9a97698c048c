/** Under which conditions the figures came about, and how to get them again. */
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import { formatBytes, formatNumber, formatValue } from '../../measure/numbers-in-words.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { RunResult, ScenarioResult } from '../../result.ts';
import { numbers, sectionOf, tableFrom, tableOfAny, words } from './table.ts';
import type { Cell } from './table.ts';

const healthTable = ({ health }: ScenarioResult): Html | null =>
  tableOfAny({
    caption: 'Health of the load generator and of the harness, and what they cost',
    columns: [...words('Figure'), ...numbers('Value'), ...words('Judgement', 'Note')],
    rows: health.map(({ title, value, unit, ok, note }) => [
      title,
      formatValue(value, unit),
      ok ? badgeOf('pass', 'good') : badgeOf('inconclusive', 'doubtful'),
      note,
    ]),
  });

const lostSources = (observations: Observations | null): Html | null =>
  tableOfAny({
    caption: 'Sources that were lost: what they should have shown is inconclusive',
    columns: words('Source', 'Why'),
    rows: (observations?.sources ?? []).filter(({ ok }) => !ok).map(({ source, reason }) => [source, reason]),
  });

const loadTotals = (totals: ScenarioResult['loadTotals']): Html | null => {
  if (!totals) return null;
  return tableFrom({
    caption: 'k6’s own end figures, the reference that ours must agree with',
    columns: numbers('Requests', 'Failed', 'Iterations', 'Dropped', 'p50', 'p95', 'p99', 'Virtual users'),
    rows: [
      [
        formatNumber(totals.requests),
        formatNumber(totals.failedRequests),
        formatNumber(totals.iterations),
        formatNumber(totals.droppedIterations),
        formatValue(totals.durationMsP50, 'ms'),
        formatValue(totals.durationMsP95, 'ms'),
        formatValue(totals.durationMsP99, 'ms'),
        formatNumber(totals.vusMax),
      ],
    ],
  });
};

export const healthSection = (scenario: ScenarioResult, observations: Observations | null): Html | null =>
  sectionOf(
    'health',
    'Can the figures be trusted?',
    healthTable(scenario),
    lostSources(observations),
    loadTotals(scenario.loadTotals),
  );

const settingsTable = (caption: string, settings: Record<string, string | number | boolean>): Html | null => {
  const entries = Object.entries(settings).toSorted(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return null;
  const rows = entries.map(([name, value]) => [html`<code>${name}</code>`, html`<code>${String(value)}</code>`]);
  return html`<details>
<summary>${caption} <span class="soft">(${rows.length})</span></summary>
${tableFrom({ caption, columns: words('Setting', 'Value'), rows })}
</details>`;
};

export const settingsSection = (run: RunResult, scenario: ScenarioResult): Html | null =>
  sectionOf(
    'settings',
    'Settings in force',
    settingsTable('The service', scenario.settings),
    settingsTable('The stack, for this scenario', scenario.stackSettings),
    settingsTable('The servers, as they report', run.stack.settings),
  );

const speedOf = ({ indexBefore, indexAfter }: RunResult['host']): string => {
  if (indexBefore === null) return 'not measured';
  const after = indexAfter === null ? 'not measured' : formatNumber(indexAfter);
  return `${formatNumber(indexBefore)} before, ${after} after`;
};

const codeOf = ({ commit, dirty, branch }: RunResult['git']): Html => {
  const changes = dirty ? ' with uncommitted changes' : '';
  return html`<code>${commit ?? 'unknown'}</code>${changes}${branch ? ` on ${branch}` : ''}`;
};

const stackOf = ({ provider, versions }: RunResult['stack']): string =>
  `${provider}: ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`;

const hostOf = ({ os, cpuModel, cores, memoryBytes }: RunResult['host']): string =>
  `${os}, ${cpuModel}, ${cores} cores, ${formatBytes(memoryBytes)}`;

const profileOf = ({ name, timeScale }: RunResult['profile']): string =>
  `${name}, durations of the full profile ÷ ${formatNumber(timeScale)}`;

const provenanceRows = (run: RunResult, scenario: ScenarioResult | null): Cell[][] => [
  ['Run', html`<code>${run.id}</code>${run.regraded ? ' (judged anew from saved samples)' : ''}`],
  ['Label', run.label ?? '–'],
  ['Started', run.startedAt],
  ['Ended', run.endedAt ?? `it did not (${run.state})`],
  ['Code', codeOf(run.git)],
  ['Profile', profileOf(run.profile)],
  ['Seed of randomness', String(scenario?.load.seed ?? run.seed)],
  ['Scenario’s hash', scenario?.scenarioHash ?? '–'],
  ['Stack', stackOf(run.stack)],
  ['Host', hostOf(run.host)],
  ['Host’s speed index', speedOf(run.host)],
  ['Format', html`<code>${run.schema}</code>`],
];

const forMachines =
  'All that stands here, for machines: `run.json` beside this page, its samples under `samples/`, its schema in ' +
  '`docs/run.schema.json`.';

/** Since when it is red, and what changed with it. */
const sinceList = ({ since }: RunResult): Html | null =>
  since == null || since.length === 0 ? null : html`<ul>${since.map((line) => html`<li>${line}</li>`)}</ul>`;

/** `scenario`: null on the index of a run. */
export const provenanceSection = (run: RunResult, scenario: ScenarioResult | null): Html =>
  sectionOf(
    'provenance',
    'Where this comes from',
    sinceList(run),
    html`<div class="reproduce"><p>To get it again:</p><pre tabindex="0"><code>${run.command}</code></pre></div>`,
    html`<p class="soft">${withCode(forMachines)}</p>`,
    tableFrom({ caption: 'Provenance', columns: words('What', 'Value'), rows: provenanceRows(run, scenario) }),
  )!;
