/** Both runs of one entry on one axis, drawn as the report draws. */
import type { Drawing } from '../../report/charts/drawing.ts';
import { niceTop } from '../../report/charts/axis.ts';
import { figureOf } from '../../report/charts/figure.ts';
import type { Html } from '../../report/html.ts';
import { slug } from '../../report/html.ts';
import type { Timeline } from '../comparison.ts';

const numbers = (values: readonly (number | null)[]): Float64Array =>
  Float64Array.from(values, (value) => value ?? NaN);

const subjects: Record<string, string> = {
  'latency.p95': 'Interactive latency, p95',
  'requests.ok': 'Interactive requests done',
  'requests.error': 'Interactive requests failed',
  'jobs.done': 'Jobs done',
  'time.pool-wait': 'Waiting for the app pool',
  'time.database': 'In the database',
  'pool.used': 'App pool in use',
  'pool.pending': 'Waiting acquisitions',
  'pooler.clients.waiting': 'Clients waiting in the pooler',
  'sessions.total': 'Server sessions',
  'cpu.service': 'CPU of the service',
  'cpu.database': 'CPU of the database',
};

const drawingOf = (line: Timeline, names: { base: string; head: string }): Drawing => {
  const values = { base: numbers(line.base), head: numbers(line.head) };
  const highest = [...values.base, ...values.head].reduce((most, value) => (value > most ? value : most), 0);
  return {
    id: slug(`line-${line.scenario}-${line.variant}-${line.track}`),
    unit: line.unit,
    grid: { startMs: 0, stepMs: line.stepMs, points: line.head.length },
    chart: { id: line.track, title: subjects[line.track] ?? line.title, unit: line.unit, reads: '' },
    stack: [],
    referenceLines: [],
    bottom: 0,
    top: niceTop(highest),
    seconds: (line.head.length * line.stepMs) / 1000,
    faults: [],
    violations: [],
    steps: [],
    lines: [
      { id: 'base', title: names.base, colour: 'orange', dash: '5 3', values: values.base },
      { id: 'head', title: names.head, colour: 'blue', dash: null, values: values.head },
    ],
    phases: line.phases.map(({ name, startMs, endMs }) => ({
      from: startMs / 1000,
      until: endMs / 1000,
      title: name,
      kind: 'steady',
    })),
  };
};

/** About 80 ms and 7 kB each. */
export const timelineChart = (line: Timeline, names: { base: string; head: string }): Promise<Html> =>
  figureOf(drawingOf(line, names));
