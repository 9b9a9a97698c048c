/** All entries of a run at a glance: one row each, and below which criterion held where. */
import { expectationWord, formatMargin, isPlainVariant, letterOf, shownVerdict } from '../format.ts';
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import { roomOf } from '../../measure/bounds.ts';
import { causeWords } from '../../measure/cause-words.ts';
import { formatValue } from '../../measure/numbers-in-words.ts';
import type { CriterionResult, ScenarioResult } from '../../result.ts';
import { byImportance } from './importance.ts';

const figureOf = (scenario: ScenarioResult, id: string): string => {
  const criterion = scenario.criteria.find((entry) => entry.id === id);
  if (criterion === undefined || criterion.verdict === 'notApplicable') return '–';
  return formatValue(criterion.value, criterion.unit);
};

/** The criterion with the least room, for "how close was it". */
const nearest = (criteria: readonly CriterionResult[]): Html | string => {
  const [first] = criteria
    .filter(({ verdict }) => verdict !== 'notApplicable')
    .map((criterion) => ({ id: criterion.id, margin: roomOf(criterion) }))
    .filter((entry): entry is { id: string; margin: number } => entry.margin !== null)
    .toSorted((a, b) => a.margin - b.margin);
  return first === undefined ? '–' : html`${formatMargin(first.margin)}<span class="how">${first.id}</span>`;
};

const linkOf = ({ title, variant }: ScenarioResult, path: string): Html => {
  const suffix = isPlainVariant(variant) ? null : html` · ${variant}`;
  return html`<a href="${path}">${title}${suffix}</a>`;
};

const remarkOf = (scenario: ScenarioResult): Html => {
  const { release, repeat, state, reason } = scenario;
  const which = `${release ? `${release} · ` : ''}${repeat > 1 ? `repeat ${repeat} · ` : ''}`;
  const cause = causeWords(scenario);
  const why = cause === null ? reason : `${cause} ${reason}`;
  return html`<span class="how">${which}${state === 'finished' ? withCode(why) : `${state}: ${reason}`}</span>`;
};

const rowOf = (scenario: ScenarioResult, path: string): Html => {
  const { verdict, word } = shownVerdict(scenario);
  return html`<tr class="v-${verdict}">
<td>${badgeOf(verdict, word)}</td>
<th scope="row">${linkOf(scenario, path)}${remarkOf(scenario)}</th>
<td>${expectationWord(scenario)}</td>
<td class="number letter-cell">${letterOf(scenario)}</td>
<td class="number">${figureOf(scenario, 'api-p95')}</td>
<td class="number">${figureOf(scenario, 'transaction-errors')}</td>
<td class="number">${figureOf(scenario, 'throughput')}</td>
<td class="number">${nearest(scenario.criteria)}</td>
</tr>`;
};

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

export const matrixSection = (
  scenarios: readonly ScenarioResult[],
  pathOf: (scenario: ScenarioResult) => string,
): Html => {
  const heads = columns.map(([title, kind]) => html`<th scope="col" class="${kind}">${title}</th>`);
  return html`<section id="scenarios" aria-labelledby="scenarios-heading">
<h2 id="scenarios-heading">Scenarios</h2>
<div class="scroll" tabindex="0" role="group" aria-labelledby="scenarios-heading">
<table class="matrix">
<caption class="hidden">One row per scenario, variant and repeat</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${scenarios.map((scenario) => rowOf(scenario, pathOf(scenario)))}</tbody>
</table>
</div>
</section>`;
};

/** A scenario with several variants compares them on its own page. */
const withoutVariants = (scenarios: readonly ScenarioResult[]): ScenarioResult[] => {
  const groups = Map.groupBy(scenarios, ({ name, repeat }) => `${name} ${repeat}`);
  return [...groups.values()].filter(({ length }) => length === 1).flat();
};

const headOf = ({ name, repeat }: ScenarioResult): Html => {
  const suffix = repeat > 1 ? html`<span class="how">repeat ${repeat}</span>` : null;
  return html`<th scope="col" class="number">${name}${suffix}</th>`;
};

const cellOf = (criterion: CriterionResult | undefined): Html => {
  if (criterion === undefined) return html`<td class="number">–</td>`;
  const { verdict, value, unit } = criterion;
  const figure = verdict === 'notApplicable' ? 'n/a' : formatValue(value, unit);
  const goesWithoutSaying = verdict === 'pass' || verdict === 'notApplicable';
  const badge = goesWithoutSaying ? null : html`<span class="how">${badgeOf(verdict)}</span>`;
  return html`<td class="number v-${verdict}"><span class="badge">${figure}</span>${badge}</td>`;
};

/** The titles of all that were judged anywhere, by id. */
const judgedTitles = (entries: readonly ScenarioResult[]): Map<string, string> =>
  new Map(
    entries
      .flatMap(({ criteria }) => byImportance(criteria))
      .filter(({ verdict }) => verdict !== 'notApplicable')
      .map(({ id, title }) => [id, title]),
  );

const gridRow = (id: string, title: string, entries: readonly ScenarioResult[]): Html => {
  const cells = entries.map(({ criteria }) => cellOf(criteria.find((criterion) => criterion.id === id)));
  return html`<tr><th scope="row">${title}</th>${cells}</tr>`;
};

/** What failed where: criterion by scenario. Null where there are no two to compare. */
export const gridSection = (scenarios: readonly ScenarioResult[]): Html | null => {
  const entries = withoutVariants(scenarios).filter(({ criteria }) => criteria.length > 0);
  if (entries.length < 2) return null;
  return html`<section id="grid" aria-labelledby="grid-heading">
<h2 id="grid-heading">Criterion by scenario</h2>
<div class="scroll" tabindex="0" role="group" aria-labelledby="grid-heading">
<table class="grid">
<caption class="hidden">Verdict and value of each criterion in each scenario</caption>
<thead><tr><th scope="col">Criterion</th>${entries.map(headOf)}</tr></thead>
<tbody>${[...judgedTitles(entries)].map(([id, title]) => gridRow(id, title, entries))}</tbody>
</table>
</div>
</section>`;
};
