import type { Chart } from '../chart.ts';
import { limitLine } from '../reference-lines.ts';

export const chart: Chart = {
  id: 'pooler',
  place: 50,
  title: 'Pooler',
  unit: 'sessions',
  reads: 'PgBouncer’s server sessions, and its clients: those that wait have a query and no session to run it on.',
  stack: ['pooler.servers.active', 'pooler.servers.idle', 'pooler.servers.login'],
  lines: ['pooler.clients.active', 'pooler.clients.waiting'],
  referenceLines: ({ scenario: { stackSettings } }) => {
    const size = Number(stackSettings.poolerPoolSize);
    const poolers = Number(stackSettings.poolers) || 1;
    return limitLine(Number.isFinite(size) ? size * poolers : null, 'pooler’s pool size');
  },
};
