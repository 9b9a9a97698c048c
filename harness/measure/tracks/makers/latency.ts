import { histogramsOf, type HistogramSeries, type Labels, type Observations } from '../observations.ts';
import { windowedQuantiles } from '../quantiles.ts';
import { track, type TrackMaker } from '../track.ts';

/** The first selection that finds anything: an external service lacks some labels. */
const firstFound = (observations: Observations, name: string, selections: readonly Labels[]): HistogramSeries[] =>
  selections.map((wanted) => histogramsOf(observations, name, wanted)).find((found) => found.length > 0) ?? [];

/** How long interactive requests took that succeeded. */
export const latency: TrackMaker = (observations, grid) => {
  const durations = firstFound(observations, 'http_req_duration', [
    { kind: 'interactive', outcome: 'ok' },
    { kind: 'interactive' },
    {},
  ]);
  const [p50, p95, p99] = windowedQuantiles(durations, grid, [0.5, 0.95, 0.99]);
  return [
    track('latency.p50', 'p50', 'ms', p50!),
    track('latency.p95', 'p95', 'ms', p95!),
    track('latency.p99', 'p99', 'ms', p99!),
  ];
};
