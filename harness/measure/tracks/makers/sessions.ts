import { sumGauges, sumOf, type Grid } from '../grid.ts';
import { seriesOf, type Observations } from '../observations.ts';
import { highest, labelValues, track, zeroed, type Track, type TrackMaker } from '../track.ts';

/** States by their names in pg_stat_activity, but `starting`, which is ours. */
const knownStates: Readonly<Record<string, string>> = {
  active: 'active',
  'idle in transaction': 'idle in transaction',
  idle: 'idle',
  starting: 'starting (not yet past authentication)',
};

/** Of the service's role where roles are told apart: probes and listeners are not the app pool's. */
const authenticated = (observations: Observations, grid: Grid): Float64Array => {
  const all = seriesOf(observations, 'postgres.sessions');
  const past = all.filter(({ labels }) => labels.state !== 'starting');
  const ofService = past.filter(({ labels }) => labels.role === 'app');
  return zeroed(sumGauges(ofService.length > 0 ? ofService : past, grid), sumGauges(all, grid));
};

const name = 'postgres.sessions';

const byState: TrackMaker = (observations, grid) => {
  const states = labelValues(observations, name, 'state');
  // A state in which no session was yet seen is not sampled: where any was, there were none of it.
  const watched = sumGauges(seriesOf(observations, name), grid);
  const countOf = (state: string): Float64Array => sumGauges(seriesOf(observations, name, { state }), grid);
  const sum = (id: string, title: string, wanted: readonly string[]): Track =>
    track(`sessions.${id}`, title, 'sessions', zeroed(sumOf(wanted.map(countOf), grid), watched));
  const known = Object.entries(knownStates).map(([state, title]) => {
    const seen = states.filter((one) => one === state);
    return sum(state.replaceAll(' ', '-'), title, seen);
  });
  const others = states.filter((state) => !Object.hasOwn(knownStates, state));
  return [...known, sum('other', 'other', others), sum('total', 'server sessions', states)];
};

/** What the database itself counts, and its limits. */
export const sessions: TrackMaker = (observations, grid) => [
  ...byState(observations, grid),
  track(
    'sessions.authenticated',
    'sessions past authentication, by the database’s count',
    'sessions',
    authenticated(observations, grid),
  ),
  track('limits.role', 'role limit', 'sessions', highest(observations, 'postgres.role_limit', grid)),
  track('limits.connections', 'max_connections', 'sessions', highest(observations, 'postgres.max_connections', grid)),
];
