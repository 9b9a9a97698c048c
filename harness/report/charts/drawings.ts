import { gridFor } from '../../measure/tracks/grid.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { Track } from '../../measure/tracks/track.ts';
import { tracksOf } from '../../measure/tracks/tracks.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import type { ScenarioResult } from '../../result.ts';
import type { Budgets, Chart } from './chart.ts';
import { drawingOf } from './drawing.ts';
import type { Drawing } from './drawing.ts';
import { makersOf } from './load-charts.ts';

/** Points a series keeps for the page's script. */
const storedPoints = 1200;

export const drawnTracks = (
  observations: Observations,
  { startMs, endMs }: Window,
  charts: readonly Chart[],
): Map<string, Track> => tracksOf(observations, gridFor(startMs, endMs, storedPoints), makersOf(charts));

export interface DrawOptions {
  charts: readonly Chart[];
  budgets: Budgets;
  window: Window;
  /** Stands before the drawings' ids, where a page has several of one chart. */
  idPrefix?: string;
}

/** One of each chart that has anything to show. */
export const drawingsOf = (scenario: ScenarioResult, observations: Observations, options: DrawOptions): Drawing[] => {
  const { charts, budgets, window, idPrefix = '' } = options;
  const context = {
    scenario,
    tracks: drawnTracks(observations, window, charts),
    grid: gridFor(window.startMs, window.endMs, storedPoints),
    endMs: window.endMs,
    budgets,
    idPrefix,
  };
  return charts.map((chart) => drawingOf(chart, context)).filter((drawing) => drawing !== null);
};
