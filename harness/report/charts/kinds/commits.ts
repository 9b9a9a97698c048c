import type { Chart } from '../chart.ts';

export const chart: Chart = {
  id: 'commits',
  place: 100,
  title: 'Transactions',
  unit: '1/s',
  reads:
    'As database and pooler count them. Through the pooler each assignment of a session carries one ' +
    'transaction; what is rolled back was work for nothing.',
  stack: [],
  lines: ['database.commits', 'pooler.assignments', 'database.rollbacks', 'database.deadlocks'],
};
