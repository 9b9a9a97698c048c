/** Time lines of both sides, each figure on one axis. */
import { html } from '../../report/html.ts';
import type { Html } from '../../report/html.ts';
import { sectionOf } from '../../report/sections/table.ts';
import type { Comparison, Timeline } from '../comparison.ts';
import { pairName } from '../entries.ts';
import { gatedMetrics } from '../metrics.ts';
import { timelineChart } from './timeline-chart.ts';

/** About 7 kB each: with the rest of a matrix's page 0.3 MB, of the 1.2 MB that it may have. More, and nobody looks. */
const mostCharts = 24;

const gatedTracks = new Set(gatedMetrics.map(({ track }) => track));
const isGatedTrack = ({ track }: Timeline): number => Number(gatedTracks.has(track));

/** As many of each scenario and variant, those that show a gated figure first; drawn in the comparison's order. */
export const shownTimelines = (timelines: readonly Timeline[], most = mostCharts): Timeline[] => {
  const turns = [...Map.groupBy(timelines, pairName).values()].flatMap((lines) =>
    lines.toSorted((a, b) => isGatedTrack(b) - isGatedTrack(a)).map((line, turn) => ({ line, turn })),
  );
  const first = turns.toSorted((a, b) => a.turn - b.turn).slice(0, most);
  const shown = new Set(first.map(({ line }) => line));
  return timelines.filter((line) => shown.has(line));
};

const leadOf = (kind: Comparison['kind'], left: number): Html => {
  const repeats = kind === 'interleaved' ? ' The first repeat of each side.' : '';
  const more = left > 0 ? ` ${left} more are in the JSON.` : '';
  const aligned = 'Aligned by phase: the same instants of the same phases lie above each other.';
  return html`<p class="lead">${aligned}${repeats}${more}</p>`;
};

export const timelinesSection = async ({ timelines, base, head, kind }: Comparison): Promise<Html | null> => {
  const shown = shownTimelines(timelines);
  if (shown.length === 0) return null;
  const names = { base: `base: ${base.name}`, head: `head: ${head.name}` };
  const charts: Html[] = [];
  let pair = '';
  for (const line of shown) {
    if (pairName(line) !== pair) charts.push(html`<h3>${pairName(line)}</h3>`);
    pair = pairName(line);
    charts.push(await timelineChart(line, names));
  }
  return sectionOf('charts', 'Both on one axis', leadOf(kind, timelines.length - shown.length), ...charts);
};
