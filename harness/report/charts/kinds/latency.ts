import type { Chart } from '../chart.ts';
import { boundLine, boundOf } from '../reference-lines.ts';

export const chart: Chart = {
  id: 'latency',
  place: 20,
  title: 'Interactive latency',
  unit: 'ms',
  reads: 'Of requests that succeeded, in windows of a few seconds; each step up the axis is ten times slower.',
  scale: 'log',
  stack: [],
  lines: ['latency.p50', 'latency.p95', 'latency.p99'],
  referenceLines: ({ scenario }) => boundLine(boundOf(scenario, 'api-p95'), 'bound for p95'),
};
