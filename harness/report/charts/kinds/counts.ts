import type { Chart } from '../chart.ts';
import { limitLine, peakOf } from '../reference-lines.ts';

/** What the app pool believes beside what the database has. */
export const chart: Chart = {
  id: 'counts',
  place: null,
  title: 'The app pool’s own count beside the database’s',
  unit: 'connections',
  reads:
    'Solid: connections that the app pool counts as its own. Dashed: sessions that the database has past ' +
    'authentication. Orange: acquisitions that wait. Where solid and dashed part, the pool believes in ' +
    'connections that nobody can use.',
  stack: [],
  lines: ['pool.total', 'sessions.authenticated', 'pool.pending'],
  referenceLines: ({ tracks }) => limitLine(peakOf(tracks, 'pool.max'), 'pool size'),
};
