import type { Chart } from '../chart.ts';
import { boundLine, boundOf, limitLine, peakOf, shareOf } from '../reference-lines.ts';

export const chart: Chart = {
  id: 'app-pool',
  place: 40,
  title: 'App pool',
  unit: 'connections',
  reads: 'Connections of the pools inside the service, all replicas; above them, acquisitions that wait for one.',
  stack: ['pool.used', 'pool.idle'],
  lines: ['pool.pending'],
  referenceLines: ({ scenario, tracks }) => {
    const size = peakOf(tracks, 'pool.max');
    const share = boundOf(scenario, 'pool-utilisation');
    const most = size === null || share === null ? null : size * shareOf(share);
    return [...limitLine(size, 'pool size'), ...boundLine(most, 'bound for in use')];
  },
};
