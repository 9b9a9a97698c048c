import { sumGauges } from '../grid.ts';
import { seriesOf } from '../observations.ts';
import { highest, labelValues, track, type TrackMaker } from '../track.ts';

/** Sessions that wait for their client, or background workers for work, are not held up. */
const harmlessTypes = ['Client', 'Activity'];

/** One track for each type of wait event that was seen. */
const byType: TrackMaker = (observations, grid) =>
  labelValues(observations, 'postgres.sessions.waiting', 'wait_event_type')
    .filter((type) => !harmlessTypes.includes(type))
    .map((type) => {
      const waiting = seriesOf(observations, 'postgres.sessions.waiting', { wait_event_type: type });
      return track(`waits.${type.toLowerCase()}`, `waiting on ${type}`, 'sessions', sumGauges(waiting, grid, 'max'));
    });

/** What waits inside the database, and how old the oldest transactions are. */
export const waits: TrackMaker = (observations, grid) => {
  const locks = sumGauges(seriesOf(observations, 'postgres.locks.waiting'), grid, 'max');
  const oldest = highest(observations, 'postgres.transaction.age.max', grid);
  const longestIdle = highest(observations, 'postgres.idle_in_transaction.age.max', grid);
  return [
    ...byType(observations, grid),
    track('locks.waiting', 'lock requests not granted', 'locks', locks),
    track('age.transaction', 'oldest transaction', 's', oldest),
    track('age.idle-in-transaction', 'longest idle in transaction', 's', longestIdle),
  ];
};
