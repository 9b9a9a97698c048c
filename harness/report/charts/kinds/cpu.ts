import type { Chart } from '../chart.ts';
import { headroomLine } from '../reference-lines.ts';

export const chart: Chart = {
  id: 'cpu',
  place: 120,
  title: 'CPU against budgets',
  unit: '% of budget',
  reads: 'CPU time of each component as a share of the cores that it may use.',
  perBudget: 'cores',
  stack: [],
  lines: ['cpu.service', 'cpu.pooler', 'cpu.database'],
  referenceLines: headroomLine('cpu-headroom'),
};
