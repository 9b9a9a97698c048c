import { alertBound } from '../alert-bounds.ts';
import type { Criterion } from '../criterion.ts';
import { p95Milliseconds } from '../merged.ts';

export const criterion: Criterion = {
  id: 'query-p95',
  title: 'Database query p95',
  failureTitle: 'Database queries are slow',
  source: '002',
  unit: 'ms',
  bounds: [alertBound('query-p95')],
  causeRank: 15,
  chart: 'latency',
  nextStep: 'Take the kind of query with the largest total time (pg_stat_statements), and see its plan and what it waited for.',
  measure: (input) => p95Milliseconds(input, 'db.client.operation.duration', 'queries'),
};
