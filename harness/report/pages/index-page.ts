/** The index of a run with several scenarios: the verdict of all, and one row each. */
import { bannerOf } from '../sections/banner.ts';
import { provenanceSection } from '../sections/conditions.ts';
import { byImportance } from '../sections/criteria.ts';
import { footerOf } from './entry-page.ts';
import { formatMargin, shownVerdict } from '../format.ts';
import { decidingBound, marginOf } from '../../measure/bounds.ts';
import { formatValue, plural } from '../../measure/numbers-in-words.ts';
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import { pageOf } from './page.ts';
import type { CriterionResult, RunResult, ScenarioResult } from '../../result.ts';

const figureOf = (scenario: ScenarioResult, id: string): string => {
  const criterion = scenario.criteria.find((entry) => entry.id === id);
  return criterion === undefined || criterion.verdict === 'notApplicable'
    ? '–'
    : formatValue(criterion.value, criterion.unit);
};

/** The criterion with the least room, for "how close was it". */
const nearest = (criteria: readonly CriterionResult[]): Html | string => {
  const ranked = criteria
    .filter(({ verdict }) => verdict !== 'notApplicable')
    .map((criterion) => ({ criterion, margin: marginOf(criterion.value, decidingBound(criterion)) }))
    .filter((entry) => entry.margin !== null)
    .toSorted((a, b) => a.margin! - b.margin!);
  const first = ranked[0];
  return first === undefined ? '–' : html`${formatMargin(first.margin)}<span class="how">${first.criterion.id}</span>`;
};

const rowOf = (
  scenario: ScenarioResult,
  path: string,
): Html => html`<tr class="v-${shownVerdict(scenario).verdict}"><td>${badgeOf(shownVerdict(scenario).verdict, shownVerdict(scenario).word)}</td>
<th scope="row"><a href="${path}">${scenario.title}${plainVariants.has(scenario.variant) ? null : html` · ${scenario.variant}`}</a><span class="how">${scenario.release ? `${scenario.release} · ` : ''}${scenario.repeat > 1 ? `repeat ${scenario.repeat} · ` : ''}${scenario.state === 'finished' ? withCode(scenario.reason) : `${scenario.state}: ${scenario.reason}`}</span></th>
<td>${scenario.asExpected === null ? 'unknown' : scenario.asExpected ? 'yes' : 'no'}</td><td class="number letter-cell">${scenario.expected === 'symptoms' ? '–' : (scenario.grade ?? '–')}</td>
<td class="number">${figureOf(scenario, 'api-p95')}</td><td class="number">${figureOf(scenario, 'transaction-errors')}</td><td class="number">${figureOf(scenario, 'throughput')}</td><td class="number">${nearest(scenario.criteria)}</td></tr>`;

const plainVariants = new Set(['default', 'healthy']);

const columns: [string, string][] = [
  ['Verdict', ''],
  ['Scenario', ''],
  ['As expected', ''],
  ['Grade', 'number'],
  ['Interactive p95', 'number'],
  ['Failed transactions', 'number'],
  ['Done of offered', 'number'],
  ['Least margin', 'number'],
];

/** What failed where: criterion by scenario, for a matrix at a glance. */
const byCriterion = (run: RunResult): Html | null => {
  // A scenario with several variants compares them on its own page.
  const alone = Map.groupBy(run.scenarios, ({ name, repeat }) => `${name} ${repeat}`);
  const entries = run.scenarios.filter(
    ({ criteria, name, repeat }) => criteria.length > 0 && alone.get(`${name} ${repeat}`)?.length === 1,
  );
  if (entries.length < 2) return null;
  const judged = entries
    .flatMap(({ criteria }) => byImportance(criteria))
    .filter(({ verdict }) => verdict !== 'notApplicable');
  const ids = [...new Map(judged.map((criterion) => [criterion.id, criterion.title]))];
  return html`<section id="grid" aria-labelledby="grid-heading"><h2 id="grid-heading">Criterion by scenario</h2><div class="scroll" tabindex="0" role="group" aria-labelledby="grid-heading"><table class="grid"><caption class="hidden">Verdict and value of each criterion in each scenario</caption>
<thead><tr><th scope="col">Criterion</th>${entries.map((scenario) => html`<th scope="col" class="number">${scenario.name}${scenario.repeat > 1 ? html`<span class="how">repeat ${scenario.repeat}</span>` : null}</th>`)}</tr></thead>
<tbody>${ids.map(
    ([id, title]) =>
      html`<tr><th scope="row">${title}</th>${entries.map((scenario) => {
        const criterion = scenario.criteria.find((entry) => entry.id === id);
        return criterion === undefined
          ? html`<td class="number">–</td>`
          : html`<td class="number v-${criterion.verdict}"><span class="badge">${criterion.verdict === 'notApplicable' ? 'n/a' : formatValue(criterion.value, criterion.unit)}</span>${criterion.verdict === 'pass' || criterion.verdict === 'notApplicable' ? null : html`<span class="how">${badgeOf(criterion.verdict)}</span>`}</td>`;
      })}</tr>`,
  )}</tbody></table></div></section>`;
};

export const indexPage = (run: RunResult, pathOf: (scenario: ScenarioResult) => string): string => {
  const expected = run.scenarios.filter(({ asExpected }) => asExpected === true).length;
  const banner = bannerOf({
    kicker: `${run.startedAt.slice(0, 10)} · profile ${run.profile.name} · ${run.stack.provider} stack${run.label ? ` · ${run.label}` : ''}`,
    title: run.name,
    verdict: run.verdict,
    sentence: run.sentence,
    nextStep: run.nextStep,
    grade: null,
    gradeRule: null,
    tally: `${expected} of ${plural(run.scenarios.length, 'entry', 'entries')} as expected`,
  });
  return pageOf({
    title: `${run.name}: ${run.verdict} · pgsurge`,
    back: null,
    contents: [
      ['scenarios', 'Scenarios'],
      ['provenance', 'Provenance'],
    ],
    banner,
    footer: footerOf(run),
    body: [
      html`<section id="scenarios" aria-labelledby="scenarios-heading"><h2 id="scenarios-heading">Scenarios</h2><div class="scroll" tabindex="0" role="group" aria-labelledby="scenarios-heading"><table class="matrix"><caption class="hidden">One row per scenario, variant and repeat</caption>
<thead><tr>${columns.map(([title, kind]) => html`<th scope="col" class="${kind}">${title}</th>`)}</tr></thead><tbody>${run.scenarios.map((scenario) => rowOf(scenario, pathOf(scenario)))}</tbody></table></div></section>`,
      byCriterion(run),
      provenanceSection(run, null),
    ],
  });
};
