import type { Chart } from '../chart.ts';
import { headroomLine } from '../reference-lines.ts';

export const chart: Chart = {
  id: 'memory',
  place: 130,
  title: 'Memory against budgets',
  unit: '% of budget',
  reads: 'Proportional set size of each component as a share of its budget; shared buffers counted once.',
  perBudget: 'memory',
  stack: [],
  lines: ['memory.service', 'memory.pooler', 'memory.database'],
  referenceLines: headroomLine('memory-headroom'),
};
