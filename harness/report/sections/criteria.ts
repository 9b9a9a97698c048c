/** The table of criteria: what was judged, the worst first, with its reason and where it shows. */
import { formatMargin, formatOutOf } from '../format.ts';
import { html, trusted, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import { decidingBound, formatBound, roomOf } from '../../measure/bounds.ts';
import { formatDuration, formatValue } from '../../measure/numbers-in-words.ts';
import type { CriterionResult } from '../../result.ts';
import { byImportance } from './importance.ts';

export interface CriteriaContext {
  startMs: number;
  /** Ids of charts that the page has, so that no link leads nowhere. */
  charts: ReadonlySet<string>;
  /** The sentence that the banner says already, which is not repeated. */
  said: string;
}

const meterWidth = 90;
const boundAt = 60;

/** The value as a bar against its bound, which stands at two thirds. */
const meter = (criterion: CriterionResult): Html | null => {
  const bound = decidingBound(criterion);
  if (criterion.value === null || bound === undefined || bound.value <= 0) return null;
  const width = Math.max(1, Math.min(meterWidth, (criterion.value / bound.value) * boundAt));
  const bar = (name: string, length: number | string): string =>
    `<rect class="${name}" y="3" width="${length}" height="4" rx="2"/>`;
  const tick = `<path class="tick" d="M${boundAt} 0v10"/>`;
  return trusted(
    `<svg class="meter v-${criterion.verdict}" viewBox="0 0 ${meterWidth} 10" aria-hidden="true" focusable="false">` +
      `${bar('rail', meterWidth)}${bar('bar', width.toFixed(1))}${tick}</svg>`,
  );
};

/** To the chart that draws the criterion, at the instant where it was broken; null where the page has no such chart. */
const chartLink = ({ chart, evidence }: CriterionResult, { startMs, charts }: CriteriaContext): Html | null => {
  if (!chart || !charts.has(chart)) return null;
  const atMs = evidence?.find((one) => typeof one.atMs === 'number')?.atMs ?? null;
  if (atMs === null) return html`<a href="#chart-${chart}">See it drawn</a>`;
  const instantMs = atMs - startMs;
  return html`<a href="#chart-${chart}" data-at="${instantMs / 1000}">See it at ${formatDuration(instantMs)}</a>`;
};

const evidenceOf = (criterion: CriterionResult, context: CriteriaContext): Html | null => {
  const link = chartLink(criterion, context);
  const text = criterion.evidence?.find(({ atMs }) => typeof atMs === 'number')?.text;
  if (text === undefined) return link === null ? null : html`<p class="why">${link}</p>`;
  const quote = html`<q class="quote">${text}</q>`;
  return link === null ? html`<p class="why">${quote}</p>` : html`<p class="why">${quote} ${link}</p>`;
};

/** What the banner has not said already. */
const unsaid = (text: string | null | undefined, said: string): Html | null =>
  !text || said.includes(text) ? null : withCode(text);

/** Null for what needs no reason. */
const explained = (criterion: CriterionResult, context: CriteriaContext): Html | null => {
  if (!['fail', 'warn', 'inconclusive'].includes(criterion.verdict)) return null;
  const reason = unsaid(criterion.reason, context.said);
  const next = criterion.verdict === 'fail' ? unsaid(criterion.nextStep, context.said) : null;
  return html`${reason && html`<p class="why">${reason}</p>`}
${evidenceOf(criterion, context)}
${next && html`<p class="why"><strong>Next:</strong> ${next}</p>`}`;
};

const how = (text: string): Html => html`<span class="how">${text}</span>`;

const boundsOf = (criterion: CriterionResult): Html => {
  const { bounds, fullBounds, unit } = criterion;
  const deciding = decidingBound(criterion);
  const warning = bounds.find(({ severity }) => severity === 'warn');
  const full = (fullBounds ?? []).map((bound) => formatBound(bound, unit)).join(', ');
  return html`${[
    deciding === undefined ? '–' : formatBound(deciding, unit),
    warning === undefined || warning === deciding ? null : how(`warns unless ${formatBound(warning, unit)}`),
    full === '' ? null : how(`full profile ${full}`),
  ]}`;
};

const originOf = ({ id, measuredBy, source }: CriterionResult): Html => {
  const measured = measuredBy === '' ? '' : `${measuredBy} · `;
  const bound = `bound: ${source}`;
  return html`<span class="how">${measured}${bound} · <code>${id}</code></span>`;
};

const rowOf = (criterion: CriterionResult, context: CriteriaContext): Html => {
  const { id, title, verdict, value, unit } = criterion;
  const details = explained(criterion, context);
  const margin = formatMargin(roomOf(criterion));
  return html`<tr class="v-${verdict}${details === null ? '' : ' explained'}" id="criterion-${id}">
<td>${badgeOf(verdict)}</td>
<th scope="row">${title}${originOf(criterion)}</th>
<td class="number" data-name="Measured">${formatValue(value, unit)}</td>
<td class="number" data-name="Bound">${boundsOf(criterion)}</td>
<td class="number margin" data-name="Margin">${margin}${meter(criterion)}</td>
<td class="number" data-name="Out of">${formatOutOf(criterion)}</td>
</tr>
${details && html`<tr class="detail v-${verdict}"><td></td><td colspan="5">${details}</td></tr>`}`;
};

/** Shown, never counted: folded away with the reasons. */
const notApplicable = (criteria: readonly CriterionResult[]): Html | null => {
  if (criteria.length === 0) return null;
  const items = criteria.map(
    ({ id, title, reason }) => html`<li>${title} <span class="soft">(<code>${id}</code>): ${reason}</span></li>`,
  );
  return html`<details class="others"><summary>Not applicable: ${criteria.length}</summary><ul>${items}</ul></details>`;
};

const columns: [string, string | null][] = [
  ['Verdict', null],
  ['Criterion', null],
  ['Measured', 'number'],
  ['Bound', 'number'],
  ['Margin', 'number'],
  ['Out of', 'number'],
];

const headOf = ([title, kind]: [string, string | null]): Html =>
  html`<th scope="col"${kind && html` class="${kind}"`}>${title}</th>`;

const tableOf = (criteria: readonly CriterionResult[], context: CriteriaContext): Html =>
  html`<div class="scroll" tabindex="0" role="group" aria-labelledby="criteria-heading">
<table class="criteria">
<caption class="hidden">Criteria with value, bound and margin, the worst first</caption>
<thead><tr>${columns.map(headOf)}</tr></thead>
<tbody>${byImportance(criteria).map((criterion) => rowOf(criterion, context))}</tbody>
</table>
</div>`;

const contentOf = (criteria: readonly CriterionResult[], context: CriteriaContext): Html => {
  if (criteria.length === 0) return html`<p>None was judged.</p>`;
  const judged = criteria.filter(({ verdict }) => verdict !== 'notApplicable');
  const others = criteria.filter(({ verdict }) => verdict === 'notApplicable');
  return html`${tableOf(judged, context)}
${notApplicable(others)}`;
};

export const criteriaSection = (criteria: readonly CriterionResult[], context: CriteriaContext): Html =>
  html`<section id="criteria" aria-labelledby="criteria-heading">
<h2 id="criteria-heading">Criteria</h2>
${contentOf(criteria, context)}
</section>`;
