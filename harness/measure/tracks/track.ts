/**
 * A track is a series that a person looks at, made from raw observations by one rule, on one grid. The charts of the
 * report, the roll-ups of `keep` and the pictures of `compare` all show tracks. Each file in `makers/` makes those of
 * one idea; a chart of something new may bring a maker of its own.
 */
import { gaugeOnGrid, type Grid } from './grid.ts';
import { seriesOf, type Labels, type Observations } from './observations.ts';

export interface Track {
  /** Stable: charts, roll-ups and comparisons find it by this. */
  id: string;
  title: string;
  unit: string;
  /** One per grid point; NaN where nothing was seen. */
  values: Float64Array;
}

/** Tracks of which nothing was seen may be among those that it gives: they are left out afterwards. */
export type TrackMaker = (observations: Observations, grid: Grid) => Track[];

export const track = (id: string, title: string, unit: string, values: Float64Array): Track => ({
  id,
  title,
  unit,
  values,
});

export const scaled = (values: Float64Array, factor: number): Float64Array => values.map((value) => value * factor);

/** A counter that never spoke is zero where another source, `like`, proves that the run was being watched. */
export const zeroed = (values: Float64Array, like: Float64Array): Float64Array =>
  values.map((value, index) => (Number.isNaN(value) && !Number.isNaN(like[index]!) ? 0 : value));

/** All values that a label takes in the series of that name, sorted. */
export const labelValues = (observations: Observations, name: string, label: string): string[] =>
  [...new Set(seriesOf(observations, name).map((series) => series.labels[label] ?? ''))]
    .filter((value) => value !== '')
    .sort();

/** The highest of several gauges at each point, not their sum: replicas may each report the same rows. */
export const highest = (observations: Observations, name: string, grid: Grid, wanted: Labels = {}): Float64Array => {
  const gauges = seriesOf(observations, name, wanted).map((series) => gaugeOnGrid(series, grid, 'max'));
  return Float64Array.from({ length: grid.points }, (_, index) => highestAt(gauges, index));
};

const highestAt = (gauges: readonly Float64Array[], index: number): number =>
  gauges
    .map((gauge) => gauge[index]!)
    .filter((value) => !Number.isNaN(value))
    .reduce((most, value) => (most >= value ? most : value), NaN);
