/** Value and verdict of each criterion, variant beside variant. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import { formatCountOf, formatValue } from '../../measure/numbers-in-words.ts';
import type { CriterionResult, ScenarioResult } from '../../result.ts';
import { byImportance } from './importance.ts';
import { sectionOf, tableOfAny, words } from './table.ts';

/** The criteria by which any variant was judged, each once. */
const judgedAnywhere = (scenarios: readonly ScenarioResult[]): CriterionResult[] => {
  const judged = scenarios
    .flatMap(({ criteria }) => byImportance(criteria))
    .filter(({ verdict }) => verdict !== 'notApplicable');
  return [...new Map(judged.map((criterion) => [criterion.id, criterion])).values()];
};

const cellOf = (criterion: CriterionResult | undefined): Html | string => {
  if (criterion === undefined) return '–';
  const { verdict, value, unit, numerator, count } = criterion;
  const figure = verdict === 'notApplicable' ? null : formatValue(value, unit);
  const outOf = numerator == null ? null : html`<span class="how">${formatCountOf(numerator, count)}</span>`;
  return html`${badgeOf(verdict)} ${figure}${outOf}`;
};

export const criteriaByVariant = (scenarios: readonly ScenarioResult[]): Html | null =>
  sectionOf(
    'criteria',
    'Criteria',
    tableOfAny({
      caption:
        'Value and verdict in each variant. A variant that must show symptoms may fail criteria: ' +
        'that is the point of it',
      columns: words('Criterion', ...scenarios.map(({ variant }) => variant)),
      rows: judgedAnywhere(scenarios).map(({ id, title, measuredBy }) => [
        html`${title}<span class="how">${measuredBy}</span>`,
        ...scenarios.map(({ criteria }) => cellOf(criteria.find((criterion) => criterion.id === id))),
      ]),
    }),
  );
