/** The symptoms that a variant must show, with their evidence. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import { formatNumber } from '../../measure/numbers-in-words.ts';
import type { ScenarioResult, SymptomResult } from '../../result.ts';
import { quoteOf } from './evidence.ts';
import { numbers, tableOfAny, words } from './table.ts';
import type { Cell } from './table.ts';

const mostEvidence = 2;

const seen = (observed: boolean | null): Html => {
  if (observed === null) return badgeOf('inconclusive', 'unknown');
  return observed ? badgeOf('pass', 'seen') : badgeOf('fail', 'not seen');
};

const rowOf = ({ title, expected, tag, observed, value, evidence }: SymptomResult, startMs: number): Cell[] => {
  const quotes = evidence.slice(0, mostEvidence).map((one) => html`<p class="why">${quoteOf(one, startMs)}</p>`);
  return [
    html`${title} <span class="how">${expected ? `wanted: ${expected} · ` : null}${tag}</span>`,
    seen(observed),
    value == null ? '–' : formatNumber(value),
    html`${quotes}`,
  ];
};

export const symptomsTable = ({ symptoms }: ScenarioResult, startMs: number): Html | null =>
  tableOfAny({
    caption: 'Symptoms that this variant must show',
    columns: [...words('Symptom', 'Seen'), ...numbers('Measured'), ...words('Evidence')],
    rows: symptoms.map((symptom) => rowOf(symptom, startMs)),
  });
