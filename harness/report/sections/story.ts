/** The story on one time axis: what happened when, then every chart under the same seconds. */
import { chartDefinitions } from '../charts/definitions.ts';
import type { Budgets, ChartDefinition } from '../charts/definitions.ts';
import { drawingOf, isQuiet, spansOf } from '../charts/drawing.ts';
import type { Drawing, Span } from '../charts/drawing.ts';
import { figureOf } from '../charts/figure.ts';
import { wide } from '../charts/svg.ts';
import { formatDuration } from '../../measure/numbers-in-words.ts';
import { escapeText, html, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import { gridFor } from '../../measure/tracks/grid.ts';
import { tracksOf } from '../../measure/tracks/tracks.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { ScenarioResult } from '../../result.ts';

/** Points a series keeps for the page's script. */
const storedPoints = 1200;

/** First and last instant of an entry: its phases, or what was seen where it was killed before they were written. */
export const windowOf = (scenario: ScenarioResult, observations: Observations): { startMs: number; endMs: number } => {
  const firsts = observations.series.map(({ tMs }) => tMs[0]).filter((time) => time !== undefined);
  const lasts = observations.series.map(({ tMs }) => tMs.at(-1)).filter((time) => time !== undefined);
  const startMs =
    scenario.phases[0]?.startMs ??
    scenario.startedMs ??
    firsts.reduce((least, time) => Math.min(least, time), Infinity);
  const seen = lasts.reduce((most, time) => Math.max(most, time), 0);
  // Steps may take longer than the load beside them.
  const planned =
    scenario.phases.length === 0
      ? 0
      : Math.max(scenario.phases.at(-1)!.endMs, ...scenario.steps.map(({ endMs }) => endMs ?? 0));
  const endMs =
    scenario.state === 'finished' && planned > 0 ? planned : Math.min(planned > 0 ? planned : Infinity, seen);
  return {
    startMs: Number.isFinite(startMs) ? startMs : 0,
    endMs: Math.max(endMs, (Number.isFinite(startMs) ? startMs : 0) + 1000),
  };
};

export interface DrawOptions {
  budgets: Budgets;
  idPrefix?: string;
  window?: { startMs: number; endMs: number };
  definitions?: readonly ChartDefinition[];
}

export const drawingsOf = (scenario: ScenarioResult, observations: Observations, options: DrawOptions): Drawing[] => {
  const { startMs, endMs } = options.window ?? windowOf(scenario, observations);
  const grid = gridFor(startMs, endMs, storedPoints);
  const tracks = tracksOf(observations, grid);
  return (options.definitions ?? chartDefinitions)
    .map((definition) =>
      drawingOf(definition, {
        scenario,
        tracks,
        grid,
        endMs,
        budgets: options.budgets,
        idPrefix: options.idPrefix ?? '',
      }),
    )
    .filter((drawing) => drawing !== null);
};

const clipped = (spans: readonly Span[], seconds: number): Span[] =>
  spans
    .filter(({ from, until }) => from < seconds && (from >= 0 || until > 0))
    .map((span) => ({ ...span, until: Math.min(span.until, seconds) }));

/** Phases, faults and steps over the charts' own x axis. */
export const trackOf = (spans: ReturnType<typeof spansOf>, seconds: number): Html => {
  const width = wide.width - wide.left - wide.right;
  const x = (at: number): string => (wide.left + (Math.max(0, at) / seconds) * width).toFixed(1);
  const phases = clipped(spans.phases, seconds).map(({ from, until, title, kind }) => {
    const room = ((until - from) / seconds) * width;
    const label =
      room > title.length * 6.6
        ? `<text x="${x((from + until) / 2)}" y="15" class="name">${escapeText(title)}</text>`
        : '';
    return `<rect class="phase p-${kind}" x="${x(from)}" y="1" width="${Math.max(0, room).toFixed(1)}" height="20"/>${label}`;
  });
  const faults = clipped(spans.faults, seconds).map(
    ({ from, until }) =>
      `<rect class="fault" x="${x(from)}" y="24" width="${Math.max(2, ((until - from) / seconds) * width).toFixed(1)}" height="5" rx="2"/>`,
  );
  const steps = spans.steps
    .filter(({ from }) => from >= 0 && from <= seconds)
    .map(({ from, kind }) => `<path class="step s-${kind}" d="M${x(from)} 23l4 7h-8z"/>`);
  return trusted(
    `<svg class="track" viewBox="0 0 ${wide.width} 32" aria-hidden="true" focusable="false">${[...phases, ...faults, ...steps].join('')}</svg>`,
  );
};

const eventList = (spans: ReturnType<typeof spansOf>): Html => {
  const events = [
    ...spans.phases.map((span) => ({ ...span, what: `phase, ${formatDuration((span.until - span.from) * 1000)}` })),
    ...spans.faults.map((span) => ({ ...span, what: `fault, ${formatDuration((span.until - span.from) * 1000)}` })),
    ...spans.steps.map((span) => ({ ...span, what: span.kind === 'failed' ? 'step, failed' : 'step' })),
  ].toSorted((a, b) => a.from - b.from);
  return html`<ol class="events">${events.map(({ from, title, what }) => html`<li><span class="at">${from < 0 ? '−' : ''}${formatDuration(Math.abs(from) * 1000)}</span> ${title} <span class="soft">${what}</span></li>`)}</ol>`;
};

export const storySection = async (
  scenario: ScenarioResult,
  drawings: readonly Drawing[],
  window: { startMs: number; endMs: number },
): Promise<Html> => {
  const spans = spansOf(scenario, window.startMs, window.endMs);
  const seconds = (window.endMs - window.startMs) / 1000;
  const figures: Html[] = [];
  for (const drawing of drawings) figures.push(await figureOf(drawing));
  return html`<section id="story" aria-labelledby="story-heading"><h2 id="story-heading">The story, on one time axis</h2>
<p class="lead">All charts share these seconds. Tinted: warm-up (cut from every judgement), burst, rest; purple: a fault; red: where a criterion was broken. <span class="scripted">Move over a chart or use the arrow keys for values; drag to zoom.</span></p>
${eventList(spans)}
<div class="story"><div class="track-holder">${trackOf(spans, seconds)}</div>${figures}</div></section>`;
};

/** Ids that links may lead to. */
export const chartIds = (drawings: readonly Drawing[]): Set<string> =>
  new Set(drawings.map(({ definition }) => definition.id));
export const loudOf = (drawings: readonly Drawing[]): Drawing[] =>
  drawings.filter((drawing) => drawing.definition.quiet === undefined || !isQuiet(drawing));
