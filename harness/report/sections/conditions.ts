/** Under which conditions the figures came about, and how to get them again. */
import { formatBytes, formatNumber, formatValue } from '../../measure/numbers-in-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { RunResult, ScenarioResult } from '../../result.ts';
import { sectionOf, tableFrom } from './table.ts';

export const healthSection = (scenario: ScenarioResult, observations: Observations | null): Html | null => {
  const lost = (observations?.sources ?? []).filter(({ ok }) => !ok);
  return sectionOf(
    'health',
    'Can the figures be trusted?',
    scenario.health.length === 0
      ? null
      : tableFrom({
          caption: 'Health of the load generator and of the harness, and what they cost',
          columns: [{ title: 'Figure' }, { title: 'Value', number: true }, { title: 'Judgement' }, { title: 'Note' }],
          rows: scenario.health.map(({ title, value, unit, ok, note }) => [
            title,
            formatValue(value, unit),
            badgeOf(ok ? 'pass' : 'inconclusive', ok ? 'good' : 'doubtful'),
            note,
          ]),
        }),
    lost.length === 0
      ? null
      : tableFrom({
          caption: 'Sources that were lost: what they should have shown is inconclusive',
          columns: [{ title: 'Source' }, { title: 'Why' }],
          rows: lost.map(({ source, reason }) => [source, reason]),
        }),
    scenario.loadTotals ? loadTotals(scenario.loadTotals) : null,
  );
};

const loadTotals = (totals: NonNullable<ScenarioResult['loadTotals']>): Html =>
  tableFrom({
    caption: 'k6’s own end figures, the reference that ours must agree with',
    columns: ['Requests', 'Failed', 'Iterations', 'Dropped', 'p50', 'p95', 'p99', 'Virtual users'].map((title) => ({
      title,
      number: true,
    })),
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

const settingsTable = (caption: string, settings: Record<string, string | number | boolean>): Html | null => {
  const rows = Object.entries(settings).toSorted(([a], [b]) => a.localeCompare(b));
  return rows.length === 0
    ? null
    : html`<details><summary>${caption} <span class="soft">(${rows.length})</span></summary>${tableFrom({
        caption,
        columns: [{ title: 'Setting' }, { title: 'Value' }],
        rows: rows.map(([name, value]) => [html`<code>${name}</code>`, html`<code>${String(value)}</code>`]),
      })}</details>`;
};

export const settingsSection = (run: RunResult, scenario: ScenarioResult): Html | null =>
  sectionOf(
    'settings',
    'Settings in force',
    settingsTable('The service', scenario.settings),
    settingsTable('The stack, for this scenario', scenario.stackSettings),
    settingsTable('The servers, as they report', run.stack.settings),
  );

const speed = ({ indexBefore, indexAfter }: RunResult['host']): string =>
  indexBefore === null
    ? 'not measured'
    : `${formatNumber(indexBefore)} before, ${indexAfter === null ? 'not measured' : formatNumber(indexAfter)} after`;

export const provenanceSection = (run: RunResult, scenario: ScenarioResult | null): Html =>
  sectionOf(
    'provenance',
    'Where this comes from',
    html`<div class="reproduce"><p>To get it again:</p><pre tabindex="0"><code>${run.command}</code></pre></div>`,
    html`<p class="soft">All that stands here, for machines: <code>run.json</code> beside this page, its samples under <code>samples/</code>, its schema in <code>docs/run.schema.json</code>.</p>`,
    tableFrom({
      caption: 'Provenance',
      columns: [{ title: 'What' }, { title: 'Value' }],
      rows: [
        ['Run', html`<code>${run.id}</code>${run.regraded ? ' (judged anew from saved samples)' : ''}`],
        ['Label', run.label ?? '–'],
        ['Started', run.startedAt],
        ['Ended', run.endedAt ?? `it did not (${run.state})`],
        [
          'Code',
          html`<code>${run.git.commit ?? 'unknown'}</code>${run.git.dirty ? ' with uncommitted changes' : ''}${run.git.branch ? ` on ${run.git.branch}` : ''}`,
        ],
        ['Profile', `${run.profile.name}, durations of the full profile ÷ ${formatNumber(run.profile.timeScale)}`],
        ['Seed of randomness', String(scenario?.load.seed ?? run.seed)],
        ['Scenario’s hash', scenario?.scenarioHash ?? '–'],
        [
          'Stack',
          `${run.stack.provider}: ${Object.entries(run.stack.versions)
            .map(([name, version]) => `${name} ${version}`)
            .join(', ')}`,
        ],
        ['Host', `${run.host.os}, ${run.host.cpuModel}, ${run.host.cores} cores, ${formatBytes(run.host.memoryBytes)}`],
        ['Host’s speed index', speed(run.host)],
        ['Format', html`<code>${run.schema}</code>`],
      ],
    }),
  )!;
