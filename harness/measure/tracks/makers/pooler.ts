import { sumGauges, sumOf } from '../grid.ts';
import { seriesOf } from '../observations.ts';
import { cumulativeRate } from '../rates.ts';
import { highest, track, type TrackMaker } from '../track.ts';

/** Sessions of the pooler, each track the sum of some states of one series. */
const sessionTracks = [
  { id: 'pooler.servers.active', title: 'server sessions active', series: 'pooler.servers', states: ['active'] },
  {
    id: 'pooler.servers.idle',
    title: 'server sessions idle',
    series: 'pooler.servers',
    states: ['idle', 'used', 'tested'],
  },
  { id: 'pooler.servers.login', title: 'server sessions logging in', series: 'pooler.servers', states: ['login'] },
  { id: 'pooler.clients.active', title: 'clients active', series: 'pooler.clients', states: ['active'] },
  { id: 'pooler.clients.waiting', title: 'clients waiting', series: 'pooler.clients', states: ['waiting'] },
];

const sessions: TrackMaker = (observations, grid) =>
  sessionTracks.map(({ id, title, series, states }) => {
    const counts = states.map((state) => sumGauges(seriesOf(observations, series, { state }), grid));
    return track(id, title, 'sessions', sumOf(counts, grid));
  });

/** In transaction mode each transaction is one assignment of a server session. */
const assignments: TrackMaker = (observations, grid) => {
  const perSecond = cumulativeRate(seriesOf(observations, 'pooler.transactions'), grid);
  const waited = cumulativeRate(seriesOf(observations, 'pooler.wait_seconds'), grid);
  const mean = waited.map((value, index) => (perSecond[index]! > 0 ? value / perSecond[index]! : NaN));
  return [
    track('pooler.assignments', 'assignments of the pooler', '1/s', perSecond),
    track('pooler.wait-mean', 'mean wait of an assignment', 's', mean),
  ];
};

export const pooler: TrackMaker = (observations, grid) => [
  ...sessions(observations, grid),
  track('pooler.maxwait', 'longest wait of a client', 's', highest(observations, 'pooler.maxwait', grid)),
  ...assignments(observations, grid),
];
