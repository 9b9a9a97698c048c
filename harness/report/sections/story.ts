/** The story on one time axis: what happened when, then every chart under the same seconds. */
import type { Drawing } from '../charts/drawing.ts';
import { figureOf } from '../charts/figure.ts';
import { phaseStrip } from '../charts/phase-strip.ts';
import { spansOf } from '../charts/spans.ts';
import type { Span, Spans } from '../charts/spans.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { formatDuration } from '../../measure/numbers-in-words.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import type { ScenarioResult } from '../../result.ts';

interface Event {
  from: number;
  title: string;
  what: string;
}

const lasting = (what: string, { from, until, title }: Span): Event => ({
  from,
  title,
  what: `${what}, ${formatDuration((until - from) * 1000)}`,
});

const eventsOf = ({ phases, faults, steps }: Spans): Event[] =>
  [
    ...phases.map((span) => lasting('phase', span)),
    ...faults.map((span) => lasting('fault', span)),
    ...steps.map(({ from, title, kind }) => ({ from, title, what: kind === 'failed' ? 'step, failed' : 'step' })),
  ].toSorted((a, b) => a.from - b.from);

const eventItem = ({ from, title, what }: Event): Html => {
  const at = `${from < 0 ? '−' : ''}${formatDuration(Math.abs(from) * 1000)}`;
  return html`<li><span class="at">${at}</span> ${title} <span class="soft">${what}</span></li>`;
};

const howToRead =
  'All charts share these seconds. Tinted: warm-up (cut from every judgement), burst, rest; purple: a fault; red: ' +
  'where a criterion was broken.';
const howToReadWithScripts = 'Move over a chart or use the arrow keys for values; drag to zoom.';

export const storySection = async (
  scenario: ScenarioResult,
  drawings: readonly Drawing[],
  { startMs, endMs }: Window,
): Promise<Html> => {
  const spans = spansOf(scenario, startMs, endMs);
  const strip = phaseStrip(spans, (endMs - startMs) / 1000);
  const figures: Html[] = [];
  for (const drawing of drawings) figures.push(await figureOf(drawing));
  return html`<section id="story" aria-labelledby="story-heading">
<h2 id="story-heading">The story, on one time axis</h2>
<p class="lead">${howToRead} <span class="scripted">${howToReadWithScripts}</span></p>
<ol class="events">${eventsOf(spans).map(eventItem)}</ol>
<div class="story"><div class="track-holder">${strip}</div>${figures}</div>
</section>`;
};
