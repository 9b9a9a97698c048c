import type { Grid } from '../grid.ts';
import { outcomeOf } from '../../request-outcome.ts';
import { seriesOf, type Observations, type Series } from '../observations.ts';
import { deltaRate } from '../rates.ts';
import { track, zeroed, type TrackMaker } from '../track.ts';

/** The mean of the two seconds around each point: k6 sends its counts in uneven portions. */
const smoothed = (values: Float64Array, grid: Grid): Float64Array => {
  const reach = Math.round(1000 / grid.stepMs);
  if (reach < 1) return values;
  return values.map((value, index) => {
    if (Number.isNaN(value)) return value;
    const around = values.subarray(Math.max(0, index - reach), index + reach + 1).filter((near) => !Number.isNaN(near));
    return around.reduce((sum, near) => sum + near, 0) / around.length;
  });
};

const outcomeIs =
  (outcome: string) =>
  ({ labels }: Series): boolean =>
    outcomeOf(labels) === outcome;

/** An external service's requests have no kind: then all count. */
const interactiveRequests = (observations: Observations): Series[] => {
  const interactive = seriesOf(observations, 'http_reqs', { kind: 'interactive' });
  return interactive.length > 0 ? interactive : seriesOf(observations, 'http_reqs');
};

/** Interactive requests a second, by outcome. */
export const requests: TrackMaker = (observations, grid) => {
  const all = interactiveRequests(observations);
  const watched = deltaRate(all, grid);
  const by = (outcome: string): Float64Array => zeroed(deltaRate(all.filter(outcomeIs(outcome)), grid), watched);
  // Some sources do not say how a request came out.
  const plain = all.every(({ labels }) => outcomeOf(labels) === 'unknown');
  const dropped = deltaRate(seriesOf(observations, 'dropped_iterations'), grid);
  return [
    track('requests.ok', plain ? 'sent, how they came out is not known' : 'done', '1/s', plain ? watched : by('ok')),
    track('requests.expected', 'expected by the script, neither 2xx nor 3xx', '1/s', by('expected')),
    track('requests.refused', 'refused (429)', '1/s', by('refused')),
    track('requests.error', 'failed', '1/s', by('error')),
    track('requests.dropped', 'not sent (dropped)', '1/s', zeroed(dropped, watched)),
  ].map((made) => ({ ...made, values: smoothed(made.values, grid) }));
};
