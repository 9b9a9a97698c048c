import type { Chart } from '../chart.ts';
import { boundLine, limitLine, peakOf } from '../reference-lines.ts';

export const chart: Chart = {
  id: 'sessions',
  place: 70,
  title: 'Server sessions by state',
  unit: 'sessions',
  reads: 'What the database itself counts (pg_stat_activity).',
  stack: ['sessions.active', 'sessions.idle-in-transaction', 'sessions.starting', 'sessions.idle', 'sessions.other'],
  lines: [],
  referenceLines: ({ tracks }) => {
    const connections = peakOf(tracks, 'limits.connections');
    return [
      ...limitLine(peakOf(tracks, 'limits.role'), 'role limit'),
      ...boundLine(connections === null ? null : connections * 0.8, '80 % of max_connections'),
    ];
  },
};
