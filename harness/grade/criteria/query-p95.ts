import { isOfTheService } from '../../measure/connections/tap-use.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';
import { alertBound, alertSeconds } from '../alert-bounds.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { kindsIn, p95Milliseconds } from '../histogram-pile.ts';
import { loadedWindows } from '../judged-windows.ts';
import { unreadWords } from '../tapped-pools.ts';

/** Fewer than these do not show what one kind of query takes. */
const fewestOfKind = 20;

const milliseconds = (seconds: number): string => `${(seconds * 1000).toFixed(1)} ms`;

type Measured = Extract<Measurement, { state: 'measured' }>;

interface Kind {
  name: string;
  count: number;
  p50: number;
}

/** Above the bound by itself: it is the figure, whatever the p95 of all. */
const bySlowest = (all: Measured, { name, count, p50 }: Kind, words: string): Measured => ({
  ...all,
  value: p50 * 1000,
  figureWords: `in the median of "${name}"`,
  count,
  reason: `${words}; ${all.reason}`,
  measuredBy:
    'median of the slowest kind, since it is above the bound by itself ' +
    `(the p95 of all is ${all.value.toFixed(1)} ms)`,
});

const limitOf = ({ declaration }: JudgeInput): number => declaration?.value ?? alertBound('query-p95').value;

/** A slow kind that is rare hides in the p95 of all: it fails where every other query of it is above the bound. */
const measureOf = (input: JudgeInput, times: string, kind: string): Measurement => {
  const all = p95Milliseconds(input, times, 'queries', alertSeconds('query-p95'));
  if (all.state !== 'measured') return all;
  const windows = loadedWindows(input.phases);
  const [slowest] = kindsIn(input, times, windows, kind, fewestOfKind);
  if (slowest === undefined) return all;
  const { name, count, p50 } = slowest;
  const words = `the slowest kind is "${name}": half of ${formatCount(count)} took ${milliseconds(p50)} or more`;
  if (p50 * 1000 >= limitOf(input)) return bySlowest(all, slowest, words);
  const measuredBy = `${all.measuredBy}; no kind of query may be above the bound in its median`;
  return { ...all, measuredBy, reason: `${all.reason}; ${words}` };
};

/** What the tap sees behind a pooler is not what the service waited for. */
const atTheService = ({ observations, ...rest }: JudgeInput): JudgeInput => ({
  ...rest,
  observations: {
    ...observations,
    histograms: observations.histograms.filter(({ labels }) => isOfTheService(labels['hop'])),
  },
});

const measureByTap = (input: JudgeInput): Measurement => {
  const measurement = measureOf(atTheService(input), 'tap.statement_time', 'kind');
  if (measurement.state !== 'measured') return measurement;
  const unread = unreadWords(input, loadedWindows(input.phases));
  if (unread !== null && measurement.value < limitOf(input))
    return { state: 'notApplicable', reason: `${measurement.reason}; ${unread}` };
  return { ...measurement, measuredBy: `${measurement.measuredBy}; as the tap sees statements pass` };
};

export const criterion: Criterion = {
  id: 'query-p95',
  title: 'Database query p95',
  failureTitle: 'Database queries are slow, as the service sees them',
  source: '002',
  unit: 'ms',
  figureWords: 'at p95',
  bounds: [alertBound('query-p95')],
  demand: `the median of each kind of query that ran at least ${fewestOfKind} times has to be below it, too`,
  causeRank: 16,
  suitsReferenceOnly: true,
  needs: 'query-metrics',
  byTap: { sees: [{ source: 'tap', series: ['tap.connections'] }], measure: measureByTap },
  sees: [{ source: 'service' }],
  chart: 'time',
  nextStep:
    'Take the kind of query with the largest total time (pg_stat_statements), and see its plan and what it waited for.',
  measure: (input) => measureOf(input, 'db.client.operation.duration', 'db.operation.name'),
};
