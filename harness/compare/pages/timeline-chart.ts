/** Both runs of one entry on one axis, drawn as the report draws. */
import type { Drawing, DrawnSeries } from '../../report/charts/drawing.ts';
import { highestOf, niceTop } from '../../report/charts/axis.ts';
import { figureOf } from '../../report/charts/figure.ts';
import type { Span } from '../../report/charts/spans.ts';
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

interface Names {
  base: string;
  head: string;
}

const linesOf = ({ base, head }: Timeline, names: Names): DrawnSeries[] => [
  { id: 'base', title: names.base, colour: 'orange', dash: '5 3', values: numbers(base) },
  { id: 'head', title: names.head, colour: 'blue', dash: null, values: numbers(head) },
];

const phasesOf = ({ phases }: Timeline): Span[] =>
  phases.map(({ name, startMs, endMs }) => ({
    from: startMs / 1000,
    until: endMs / 1000,
    title: name,
    kind: 'steady',
  }));

const drawingOf = (line: Timeline, names: Names): Drawing => {
  const { scenario, variant, track, title, unit, stepMs, head } = line;
  const lines = linesOf(line, names);
  return {
    id: slug(`line-${scenario}-${variant}-${track}`),
    chart: { id: track, title: subjects[track] ?? title, unit, reads: '' },
    unit,
    grid: { startMs: 0, stepMs, points: head.length },
    stack: [],
    lines,
    referenceLines: [],
    bottom: 0,
    top: niceTop(highestOf(lines)),
    seconds: (head.length * stepMs) / 1000,
    phases: phasesOf(line),
    faults: [],
    violations: [],
    steps: [],
  };
};

/** About 80 ms and 7 kB each. */
export const timelineChart = (line: Timeline, names: Names): Promise<Html> => figureOf(drawingOf(line, names));
