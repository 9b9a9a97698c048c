import { seriesOf } from '../../../measure/tracks/observations.ts';
import { deltaRate } from '../../../measure/tracks/rates.ts';
import { track, type TrackMaker } from '../../../measure/tracks/track.ts';
import type { Chart } from '../chart.ts';

const results = [
  ['changed', 'changed something'],
  ['no-op', 'wrote what was there'],
  ['skipped', 'not written'],
] as const;

const updates: TrackMaker = (observations, grid) =>
  results.map(([result, title]) =>
    track(
      `priorities.${result}`,
      title,
      '1/s',
      deltaRate(seriesOf(observations, 'priority_updates', { result }), grid),
    ),
  );

/** Of what links say about priorities, what became an update of a row, and what that update was worth. */
export const chart: Chart = {
  id: 'priorities',
  place: null,
  title: 'Priorities that links would raise',
  unit: '1/s',
  reads: 'An update that writes what was there already costs as much as one that changes something.',
  stack: ['priorities.changed', 'priorities.no-op', 'priorities.skipped'],
  lines: [],
  makers: [updates],
};
