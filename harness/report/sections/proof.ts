/** Below the story: whether the data is right, whether the figures agree, what went wrong in which words. */
import { formatCount, formatDuration, formatNumber } from '../../measure/numbers-in-words.ts';
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { CheckResult, ScenarioResult, Verdict } from '../../result.ts';
import { harmTable } from './harm.ts';
import { sectionOf, tableFrom } from './table.ts';

const verdictOfCheck: Record<CheckResult['status'], Verdict> = {
  ok: 'pass',
  violated: 'fail',
  inconclusive: 'inconclusive',
};

const wordOfCheck: Record<CheckResult['status'], string> = {
  ok: 'holds',
  violated: 'violated',
  inconclusive: 'unknown',
};

const examples = (list: readonly string[]): Html | null =>
  list.length === 0
    ? null
    : html`<ul class="examples">${list.slice(0, 5).map((text) => html`<li><code>${text}</code></li>`)}</ul>`;

export const checksSection = (scenario: ScenarioResult): Html | null =>
  sectionOf(
    'checks',
    'Is the data right?',
    scenario.checks.length === 0
      ? null
      : tableFrom({
          caption: 'Checkers: the ledger, kept outside the database, against the database after the run',
          columns: [
            { title: 'Checker' },
            { title: 'Result' },
            { title: 'Examined', number: true },
            { title: 'Violations', number: true },
            { title: 'Finding' },
          ],
          rows: scenario.checks.map((check) => [
            html`${check.title} <span class="how">${check.invariant} · <code>${check.id}</code></span>`,
            badgeOf(verdictOfCheck[check.status], wordOfCheck[check.status]),
            formatCount(check.examined),
            formatCount(check.violations),
            html`${check.reason}${examples(check.examples)}`,
          ]),
        }),
    scenario.outcomes ? outcomes(scenario.outcomes) : null,
  );

const outcomes = (counts: NonNullable<ScenarioResult['outcomes']>): Html =>
  tableFrom({
    caption: 'Outcomes of writes, as their senders know them: unknown is neither a success nor a failure',
    columns: ['Sent', 'Acknowledged', 'Refused or failed', 'Unknown', 'Unknown, found done'].map((title) => ({
      title,
      number: true,
    })),
    rows: [
      [
        formatCount(counts.invoked),
        formatCount(counts.ok),
        formatCount(counts.fail),
        formatCount(counts.unknown),
        counts.recovered == null ? '–' : formatCount(counts.recovered),
      ],
    ],
  });

export const identitiesSection = (scenario: ScenarioResult): Html | null =>
  sectionOf(
    'identities',
    'Do the figures agree?',
    scenario.identities.length === 0
      ? null
      : tableFrom({
          caption: 'Pairs of counts from different sources that must be equal',
          columns: [
            { title: 'Pair' },
            { title: 'Left', number: true },
            { title: 'Right', number: true },
            { title: 'Holds' },
            { title: 'Note' },
          ],
          rows: scenario.identities.map(({ title, left, right, holds, note }) => [
            title,
            formatCount(left),
            formatCount(right),
            badgeOf(holds ? 'pass' : 'fail', holds ? 'yes' : 'no'),
            note ?? '',
          ]),
        }),
  );

const shownLines = 40;

const logOf = (observations: Observations | null, startMs: number): Html | null => {
  const lines = observations?.logLines ?? [];
  if (lines.length === 0) return null;
  return html`<details class="log"><summary>${formatCount(Math.min(shownLines, lines.length))} of ${formatCount(lines.length)} kept log lines</summary><ol class="log-lines">${lines
    .slice(0, shownLines)
    .map(
      ({ atMs, component, instance, text }) =>
        html`<li><span class="at">${formatDuration(Math.max(0, atMs - startMs))}</span> <span class="soft">${component} ${instance}</span> <code>${text}</code></li>`,
    )}</ol></details>`;
};

export const errorsSection = (
  scenario: ScenarioResult,
  observations: Observations | null,
  startMs: number,
): Html | null =>
  sectionOf(
    'errors',
    'Errors, by family',
    scenario.errors.length === 0
      ? null
      : tableFrom({
          caption:
            'Whatever the driver’s words: each family once per source, retried ones too. `pgsurge why "TEXT"` says more of each'.replaceAll(
              '`',
              '',
            ),
          columns: [
            { title: 'Family' },
            { title: 'Seen by' },
            { title: 'Count', number: true },
            { title: 'For example' },
          ],
          rows: scenario.errors
            .toSorted((a, b) => b.count - a.count)
            .map(({ family, source, count, example }) => [
              family,
              source,
              formatCount(count),
              html`<code>${example}</code>`,
            ]),
        }),
    logOf(observations, startMs),
  );

const biteWords: Record<string, string> = {
  bit: 'bit',
  partial: 'bit in part',
  'did-not-bite': 'did not bite',
  unknown: 'unknown whether it bit',
};

export const faultsSection = (
  scenario: ScenarioResult,
  observations: Observations | null,
  startMs: number,
): Html | null =>
  sectionOf(
    'faults',
    'What was broken on purpose',
    scenario.faults.length === 0
      ? null
      : tableFrom({
          caption: 'Faults: proved from a source other than the service',
          columns: [
            { title: 'Fault' },
            { title: 'Target' },
            { title: 'Injected', number: true },
            { title: 'Reverted', number: true },
            { title: 'Proof' },
          ],
          rows: scenario.faults.map((fault) => [
            fault.title,
            html`<code>${fault.target}</code>`,
            instant(fault.injectedAtMs, startMs),
            instant(fault.revertedAtMs, startMs),
            html`${biteWords[fault.bite]}${fault.revertProved ? ', mended' : ', not proved mended'}${[fault.biteAtTarget, fault.biteAtService].map((one) => (one ? html` <q class="quote">${one.text}</q>` : null))}${fault.message ? html` <span class="soft">${fault.message}</span>` : null}`,
          ]),
        }),
    harmTable(scenario, observations),
    recovery(scenario),
  );

const instant = (atMs: number | null, startMs: number): string =>
  atMs === null ? '–' : formatDuration(Math.max(0, atMs - startMs));

const recoveryTitles: Record<string, string> = {
  firstSuccessSeconds: 'First success',
  lastErrorSeconds: 'Last failed request',
  lastSlowTransactionSeconds: 'Last slow transaction (1 s or more)',
};

const recovery = (scenario: ScenarioResult): Html | null => {
  const figures = Object.entries(scenario.recovery ?? {});
  return figures.length === 0
    ? null
    : tableFrom({
        caption:
          'Recovery, from the end of the disturbance: stable is after the last bad observation, not at the first good one',
        columns: [{ title: 'Figure' }, { title: 'Time', number: true }],
        rows: figures.map(([id, seconds]) => [
          recoveryTitles[id] ?? id,
          seconds === null ? 'not within the run' : formatDuration(seconds * 1000),
        ]),
      });
};

export const symptomsTable = (scenario: ScenarioResult, startMs: number): Html | null =>
  scenario.symptoms.length === 0
    ? null
    : tableFrom({
        caption: 'Symptoms that this variant must show',
        columns: [{ title: 'Symptom' }, { title: 'Seen' }, { title: 'Measured', number: true }, { title: 'Evidence' }],
        rows: scenario.symptoms.map((symptom) => [
          html`${symptom.title} <span class="how">${symptom.expected ? `wanted: ${symptom.expected} · ` : null}${symptom.tag}</span>`,
          symptom.observed === null
            ? badgeOf('inconclusive', 'unknown')
            : symptom.observed
              ? badgeOf('pass', 'seen')
              : badgeOf('fail', 'not seen'),
          symptom.value == null ? '–' : formatNumber(symptom.value),
          html`${symptom.evidence.slice(0, 2).map(({ atMs, text, source }) => html`<p class="why"><q class="quote">${text}</q> <span class="soft">${source ?? ''}${typeof atMs === 'number' ? ` at ${instant(atMs, startMs)}` : ''}</span></p>`)}`,
        ]),
      });

/** For a service of the user's own: which of its limits it meets first. */
export const limitSection = (scenario: ScenarioResult, startMs: number): Html | null =>
  !scenario.limit
    ? null
    : sectionOf(
        'limit',
        'What limits its connections',
        html`<p class="lead">${withCode(scenario.limit.sentence)}</p><ul class="examples">${scenario.limit.evidence
          .slice(0, 5)
          .map(
            ({ atMs, text, source }) =>
              html`<li><q class="quote">${text}</q> <span class="soft">${source ?? ''}${typeof atMs === 'number' ? ` at ${instant(atMs, startMs)}` : ''}</span></li>`,
          )}</ul>`,
      );

export const claimsSection = (scenario: ScenarioResult): Html | null =>
  sectionOf(
    'claims',
    'What the source said, and what was measured',
    !scenario.claims || scenario.claims.length === 0
      ? null
      : tableFrom({
          caption: 'Claims never gate: they may be refuted',
          columns: [{ title: 'Claim' }, { title: 'Source' }, { title: 'Measured here' }],
          rows: scenario.claims.map(({ text, seed, measured, note }) => [
            text,
            seed,
            html`${withCode(measured)}${note ? html`<p class="why">${withCode(note)}</p>` : null}`,
          ]),
        }),
  );
