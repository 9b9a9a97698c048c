/** What a chart shows, in words and as a table: for those who do not see it, and for exact reading. */
import { formatNumber } from '../../measure/numbers-in-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Drawing, DrawnSeries } from './drawing.ts';
import type { Span } from './spans.ts';

type Stretch = Pick<Span, 'from' | 'until'>;

interface Summary {
  mean: number;
  max: number;
  /** Seconds from the entry's start. */
  maxAt: number;
}

const allSeries = ({ stack, lines }: Drawing): DrawnSeries[] => [...stack, ...lines];

/** Null where nothing was seen in that stretch. */
const summaryOf = (drawing: Drawing, { values }: DrawnSeries, { from, until }: Stretch): Summary | null => {
  const step = drawing.grid.stepMs / 1000;
  const first = Math.max(0, Math.floor(from / step));
  const end = Math.min(values.length, Math.ceil(until / step));
  let sum = 0;
  let count = 0;
  let most = -1;
  for (let index = first; index < end; index += 1) {
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
    if (most < 0 || value > values[most]!) most = index;
  }
  return count === 0 ? null : { mean: sum / count, max: values[most]!, maxAt: most * step };
};

const wasSeen = (drawing: Drawing, stretch: Stretch): boolean =>
  stretch.until > stretch.from && allSeries(drawing).some((series) => summaryOf(drawing, series, stretch) !== null);

/** All that the picture covers: the phases, and what came before and after them where anything was seen then. */
const stretchesOf = (drawing: Drawing): Span[] => {
  const { phases, seconds, grid } = drawing;
  const [first, last] = [phases[0], phases.at(-1)];
  if (first === undefined || last === undefined) return [{ from: 0, until: seconds, title: 'all', kind: 'steady' }];
  // A bucket that lies across a phase's end counts there, not twice.
  const step = grid.stepMs / 1000;
  const before = { from: 0, until: Math.floor(first.from / step) * step, title: `before ${first.title}`, kind: 'rest' };
  const after = {
    from: Math.ceil(last.until / step) * step,
    until: seconds,
    title: `after ${last.title}`,
    kind: 'rest',
  };
  return [before, ...phases, after].filter(
    (stretch) => (stretch !== before && stretch !== after) || wasSeen(drawing, stretch),
  );
};

const sentenceOf = ({ title }: DrawnSeries, { mean, max, maxAt }: Summary): string =>
  `${title}: mean ${formatNumber(mean)}, highest ${formatNumber(max)} at ${formatNumber(maxAt)} s`;

/** One sentence per series: its highest value and when. */
export const describe = (drawing: Drawing): string => {
  const whole = { from: 0, until: drawing.seconds };
  const said = allSeries(drawing).flatMap((series) => {
    const summary = summaryOf(drawing, series, whole);
    return summary === null ? [] : [sentenceOf(series, summary)];
  });
  const lines = drawing.referenceLines.map(({ label, value }) => `${label}: ${formatNumber(value)}`);
  return `${drawing.chart.reads} Unit: ${drawing.unit}. ${[...said, ...lines].join('; ')}.`;
};

const cell = (summary: Summary | null): Html => {
  if (summary === null) return html`<td class="number">–</td>`;
  const highest = html`<span class="soft">(${formatNumber(summary.max)})</span>`;
  return html`<td class="number">${formatNumber(summary.mean)} ${highest}</td>`;
};

const seriesRow = (drawing: Drawing, series: DrawnSeries, stretches: readonly Span[]): Html => {
  const cells = stretches.map((stretch) => cell(summaryOf(drawing, series, stretch)));
  return html`<tr><th scope="row">${series.title}</th>${cells}</tr>`;
};

const bodyOf = (drawing: Drawing, stretches: readonly Span[]): Html[] => [
  ...allSeries(drawing).map((series) => seriesRow(drawing, series, stretches)),
  ...drawing.referenceLines.map(({ label, value }) => {
    const spanning = html`<td class="number" colspan="${stretches.length}">${formatNumber(value)}</td>`;
    return html`<tr><th scope="row">${label}</th>${spanning}</tr>`;
  }),
];

/** `of`: whose figures, where a page has several of the same chart. */
export const tableOf = (drawing: Drawing, of?: string): Html => {
  const { title } = drawing.chart;
  const name = of === undefined ? title : `${title}, ${of}`;
  const stretches = stretchesOf(drawing);
  const hasOutside = drawing.phases.length > 0 && stretches.length > drawing.phases.length;
  const columns = hasOutside ? 'per phase, and outside them' : 'per phase';
  const heads = stretches.map((stretch) => html`<th scope="col" class="number">${stretch.title}</th>`);
  return html`<details class="figures"><summary>Figures as a table<span class="hidden">: ${name}</span></summary>
<div class="scroll" tabindex="0" role="group" aria-label="Figures of ${name}">
<table>
<caption>${name}, ${drawing.unit}: mean (highest) ${columns}</caption>
<thead><tr><th scope="col">Series</th>${heads}</tr></thead>
<tbody>${bodyOf(drawing, stretches)}</tbody>
</table>
</div>
</details>`;
};
