import { seriesOf } from '../../../measure/tracks/observations.ts';
import { deltaRate } from '../../../measure/tracks/rates.ts';
import { track, type TrackMaker } from '../../../measure/tracks/track.ts';
import type { Chart } from '../chart.ts';

const lookUps: TrackMaker = (observations, grid) =>
  [
    ['miss', 'misses, each a query'],
    ['shared', 'misses that shared a query'],
    ['hit', 'hits'],
  ].map(([result, title]) =>
    track(
      `cache.${result}`,
      title!,
      '1/s',
      deltaRate(seriesOf(observations, 'cache_requests', { result: result! }), grid),
    ),
  );

/** Misses that come together are a stampede; those that share a query are none. */
export const chart: Chart = {
  id: 'cache',
  place: null,
  title: 'Look-ups of job information',
  unit: '1/s',
  reads: 'Each miss is a query to the database. Where misses stand as high as the workers are many, all of them asked.',
  stack: ['cache.miss', 'cache.shared', 'cache.hit'],
  lines: [],
  makers: [lookUps],
};
