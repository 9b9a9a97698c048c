import { sumGauges } from '../grid.ts';
import { seriesOf, type Labels } from '../observations.ts';
import { highest, labelValues, track, type TrackMaker } from '../track.ts';

/** Sessions that wait for their client, or background workers for work, are not held up. */
const harmlessTypes = ['Client', 'Activity'];

/** What waits inside the database, and how old the oldest transactions are. */
export const waits: TrackMaker = (observations, grid) => {
  const most = (name: string, wanted: Labels = {}): Float64Array =>
    sumGauges(seriesOf(observations, name, wanted), grid, 'max');
  const types = labelValues(observations, 'postgres.sessions.waiting', 'wait_event_type').filter(
    (type) => !harmlessTypes.includes(type),
  );
  const oldest = highest(observations, 'postgres.transaction.age.max', grid);
  const longestIdle = highest(observations, 'postgres.idle_in_transaction.age.max', grid);
  return [
    ...types.map((type) =>
      track(
        `waits.${type.toLowerCase()}`,
        `waiting on ${type}`,
        'sessions',
        most('postgres.sessions.waiting', { wait_event_type: type }),
      ),
    ),
    track('locks.waiting', 'lock requests not granted', 'locks', most('postgres.locks.waiting')),
    track('age.transaction', 'oldest transaction', 's', oldest),
    track('age.idle-in-transaction', 'longest idle in transaction', 's', longestIdle),
  ];
};
