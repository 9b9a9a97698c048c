import { chartOf } from '../charts/definitions.ts';
import { formatOutOf, formatMargin } from '../format.ts';
import { decidingBound, formatBound, marginOf } from '../../measure/bounds.ts';
import { formatDuration, formatValue } from '../../measure/numbers-in-words.ts';
import { byCause, bySeverity } from '../../measure/severity.ts';
import { html, trusted, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import type { CriterionResult, Verdict } from '../../result.ts';

const isBad = (verdict: Verdict): boolean => verdict === 'fail' || verdict === 'warn';

/** Worst first; among the failed the root of the chain of causes first. */
export const byImportance = (criteria: readonly CriterionResult[]): CriterionResult[] =>
  criteria.toSorted((a, b) => bySeverity(a.verdict, b.verdict) || (isBad(a.verdict) ? byCause(a, b) : 0));

/** The value as a bar against its bound, which stands at two thirds. */
const meter = (criterion: CriterionResult): Html | null => {
  const bound = decidingBound(criterion);
  if (criterion.value === null || bound === undefined || bound.value <= 0) return null;
  const width = Math.max(1, Math.min(90, (criterion.value / bound.value) * 60));
  return trusted(
    `<svg class="meter v-${criterion.verdict}" viewBox="0 0 90 10" aria-hidden="true" focusable="false"><rect class="rail" y="3" width="90" height="4" rx="2"/><rect class="bar" y="3" width="${width.toFixed(1)}" height="4" rx="2"/><path class="tick" d="M60 0v10"/></svg>`,
  );
};

export interface CriteriaContext {
  startMs: number;
  /** Ids of charts that the page has, so that no link leads nowhere. */
  charts: ReadonlySet<string>;
  /** What the banner says already. */
  said: string;
}

const evidenceOf = (criterion: CriterionResult, startMs: number, charts: ReadonlySet<string>): Html | null => {
  const chart = chartOf(criterion);
  const first = criterion.evidence?.find(({ atMs }) => typeof atMs === 'number');
  const instant = first === undefined ? null : first.atMs! - startMs;
  const link =
    chart === null || !charts.has(chart)
      ? null
      : html`<a href="#chart-${chart}"${instant === null ? null : html` data-at="${instant / 1000}"`}>${instant === null ? 'See it drawn' : `See it at ${formatDuration(instant)}`}</a>`;
  const text = first?.text === undefined ? null : html`<q class="quote">${first.text}</q>`;
  return link === null && text === null
    ? null
    : html`<p class="why">${text}${text !== null && link !== null ? ' ' : null}${link}</p>`;
};

const explained = (criterion: CriterionResult, { startMs, charts, said }: CriteriaContext): Html | null => {
  const bad = ['fail', 'warn', 'inconclusive'].includes(criterion.verdict);
  if (!bad) return null;
  return html`${criterion.reason === '' || said.includes(criterion.reason) ? null : html`<p class="why">${withCode(criterion.reason)}</p>`}${evidenceOf(criterion, startMs, charts)}
${criterion.verdict === 'fail' && criterion.nextStep && !said.includes(criterion.nextStep) ? html`<p class="why"><strong>Next:</strong> ${withCode(criterion.nextStep)}</p>` : null}`;
};

const boundsOf = (criterion: CriterionResult): Html => {
  const bound = decidingBound(criterion);
  const warning = criterion.bounds.find(({ severity }) => severity === 'warn');
  const full = (criterion.fullBounds ?? []).map((one) => formatBound(one, criterion.unit)).join(', ');
  return html`${bound === undefined ? '–' : formatBound(bound, criterion.unit)}${warning === undefined || warning === bound ? null : html`<span class="how">warns unless ${formatBound(warning, criterion.unit)}</span>`}${full === '' ? null : html`<span class="how">full profile ${full}</span>`}`;
};

const sourceOf = (source: string): string => (source === 'ours' ? 'bound: ours' : `bound: ${source}`);

const rowOf = (criterion: CriterionResult, context: CriteriaContext): Html => {
  const details = explained(criterion, context);
  return html`<tr class="v-${criterion.verdict}${details === null ? '' : ' explained'}" id="criterion-${criterion.id}"><td>${badgeOf(criterion.verdict)}</td>
<th scope="row">${criterion.title}<span class="how">${criterion.measuredBy === '' ? null : `${criterion.measuredBy} · `}${sourceOf(criterion.source)} · <code>${criterion.id}</code></span></th>
<td class="number" data-name="Measured">${formatValue(criterion.value, criterion.unit)}</td><td class="number" data-name="Bound">${boundsOf(criterion)}</td>
<td class="number margin" data-name="Margin">${formatMargin(marginOf(criterion.value, decidingBound(criterion)))}${meter(criterion)}</td>
<td class="number" data-name="Out of">${formatOutOf(criterion)}</td></tr>${details === null ? null : html`<tr class="detail v-${criterion.verdict}"><td></td><td colspan="5">${details}</td></tr>`}`;
};

/** Shown, never counted: folded away with the reasons. */
const notApplicable = (criteria: readonly CriterionResult[]): Html | null => {
  const list = criteria.filter(({ verdict }) => verdict === 'notApplicable');
  return list.length === 0
    ? null
    : html`<details class="others"><summary>Not applicable: ${list.length}</summary><ul>${list.map(({ id, title, reason }) => html`<li>${title} <span class="soft">(<code>${id}</code>): ${reason}</span></li>`)}</ul></details>`;
};

export const criteriaSection = (
  criteria: readonly CriterionResult[],
  context: CriteriaContext,
): Html => html`<section id="criteria" aria-labelledby="criteria-heading">
<h2 id="criteria-heading">Criteria</h2>
${
  criteria.length === 0
    ? html`<p>None was judged.</p>`
    : html`<div class="scroll" tabindex="0" role="group" aria-labelledby="criteria-heading"><table class="criteria"><caption class="hidden">Criteria with value, bound and margin, the worst first</caption>
<thead><tr><th scope="col">Verdict</th><th scope="col">Criterion</th><th scope="col" class="number">Measured</th><th scope="col" class="number">Bound</th><th scope="col" class="number">Margin</th><th scope="col" class="number">Out of</th></tr></thead>
<tbody>${byImportance(criteria)
        .filter(({ verdict }) => verdict !== 'notApplicable')
        .map((criterion) => rowOf(criterion, context))}</tbody></table></div>${notApplicable(criteria)}`
}</section>`;
