/** The connections that taps see on hops of one kind, by state. */
import { sumGauges } from '../../measure/tracks/grid.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { track, type TrackMaker } from '../../measure/tracks/track.ts';

const states = ['active', 'idle in transaction', 'idle', 'starting'];

/** `place` is the word of its ids for these hops: a connection that passes two taps is in both, and never added up. */
export const connectionStates =
  (place: string, isThere: (hop: string) => boolean): TrackMaker =>
  (observations, grid) =>
    states.map((state) => {
      const seen = seriesOf(observations, 'tap.connections', { state });
      const there = seen.filter(({ labels }) => isThere(labels['hop'] ?? ''));
      return track(`tap.${place}.${state.replaceAll(' ', '-')}`, state, 'connections', sumGauges(there, grid));
    });

export const statesOf = (place: string): string[] =>
  states.map((state) => `tap.${place}.${state.replaceAll(' ', '-')}`);
