/** What a chart shows, in words and as a table: for those who do not see it, and for exact reading. */
import { formatNumber } from '../../measure/numbers-in-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Drawing, Drawn, Span } from './drawing.ts';

interface Summary {
  mean: number;
  max: number;
  maxAt: number;
}

const summaryOf = (drawing: Drawing, { values }: Drawn, span: Pick<Span, 'from' | 'until'>): Summary | null => {
  const step = drawing.grid.stepMs / 1000;
  let sum = 0;
  let count = 0;
  let most = -1;
  for (
    let index = Math.max(0, Math.floor(span.from / step));
    index < Math.min(values.length, Math.ceil(span.until / step));
    index += 1
  ) {
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
    if (most < 0 || value > values[most]!) most = index;
  }
  return count === 0 ? null : { mean: sum / count, max: values[most]!, maxAt: most * step };
};

/** All that the picture covers: the phases, and what came before the first and after the last where anything was seen then. */
const stretches = (drawing: Drawing): Span[] => {
  const { phases, seconds, grid } = drawing;
  const [first, last] = [phases[0], phases.at(-1)];
  if (first === undefined || last === undefined) return [{ from: 0, until: seconds, title: 'all', kind: 'steady' }];
  const step = grid.stepMs / 1000;
  // A bucket that lies across a phase's end counts there, not twice.
  const outside = [
    { from: 0, until: Math.floor(first.from / step) * step, title: `before ${first.title}` },
    { from: Math.ceil(last.until / step) * step, until: seconds, title: `after ${last.title}` },
  ].map((span) =>
    span.until > span.from &&
    [...drawing.stack, ...drawing.lines].some((series) => summaryOf(drawing, series, span) !== null)
      ? [{ ...span, kind: 'rest' }]
      : [],
  );
  return [...outside[0]!, ...phases, ...outside[1]!];
};

/** One sentence per series: its highest value and when. */
export const describe = (drawing: Drawing): string => {
  const whole = { from: 0, until: drawing.seconds };
  const said = [...drawing.stack, ...drawing.lines].flatMap((series) => {
    const summary = summaryOf(drawing, series, whole);
    return summary === null
      ? []
      : [
          `${series.title}: mean ${formatNumber(summary.mean)}, highest ${formatNumber(summary.max)} at ${formatNumber(summary.maxAt)} s`,
        ];
  });
  const limits = drawing.limits.map(({ label, value }) => `${label}: ${formatNumber(value)}`);
  return `${drawing.definition.reads} Unit: ${drawing.unit}. ${[...said, ...limits].join('; ')}.`;
};

const cell = (summary: Summary | null): Html =>
  summary === null
    ? html`<td class="number">–</td>`
    : html`<td class="number">${formatNumber(summary.mean)} <span class="soft">(${formatNumber(summary.max)})</span></td>`;

/** `of`: whose figures, where a page has several of the same chart. */
export const tableOf = (drawing: Drawing, of?: string): Html => {
  const name = of === undefined ? drawing.definition.title : `${drawing.definition.title}, ${of}`;
  const columns = stretches(drawing);
  const rows = [...drawing.stack, ...drawing.lines].map(
    (series) =>
      html`<tr><th scope="row">${series.title}</th>${columns.map((span) => cell(summaryOf(drawing, series, span)))}</tr>`,
  );
  const limits = drawing.limits.map(
    ({ label, value }) =>
      html`<tr><th scope="row">${label}</th><td class="number" colspan="${columns.length}">${formatNumber(value)}</td></tr>`,
  );
  return html`<details class="figures"><summary>Figures as a table<span class="hidden">: ${name}</span></summary>
<div class="scroll" tabindex="0" role="group" aria-label="Figures of ${name}"><table><caption>${name}, ${drawing.unit}: mean (highest) ${columns.length > drawing.phases.length && drawing.phases.length > 0 ? 'per phase, and outside them' : 'per phase'}</caption>
<thead><tr><th scope="col">Series</th>${columns.map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead>
<tbody>${rows}${limits}</tbody></table></div></details>`;
};
