import { formatCount } from '../../measure/numbers-in-words.ts';
import { alertBound } from '../alert-bounds.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { kindsIn, p95Milliseconds } from '../histogram-pile.ts';
import { loadedWindows } from '../judged-windows.ts';

/** Fewer than these do not show what one kind of query takes. */
const fewestOfKind = 20;

/** A slow kind that is rare hides in the p95 of all: it fails where every other query of it is above the bound. */
const measure = (input: JudgeInput): Measurement => {
  const found = p95Milliseconds(input, 'db.client.operation.duration', 'queries');
  if (found.state !== 'measured') return found;
  const limit = input.declaration?.value ?? alertBound('query-p95').value;
  const kinds = kindsIn(
    input,
    'db.client.operation.duration',
    loadedWindows(input.phases),
    'db.operation.name',
    fewestOfKind,
  );
  const slowest = kinds[0];
  if (slowest === undefined) return found;
  const words =
    `the slowest kind is "${slowest.name}": half of ${formatCount(slowest.count)} took ` +
    `${(slowest.p50 * 1000).toFixed(1)} ms or more`;
  const measuredBy = `${found.measuredBy}; no kind of query may be above the bound in its median`;
  if (slowest.p50 * 1000 < limit) return { ...found, measuredBy, reason: `${found.reason}; ${words}` };
  return {
    ...found,
    value: slowest.p50 * 1000,
    count: slowest.count,
    reason: `${words}; ${found.reason}`,
    measuredBy:
      'median of the slowest kind, since it is above the bound by itself (the p95 of all is ' +
      `${found.value.toFixed(1)} ms)`,
  };
};

export const criterion: Criterion = {
  id: 'query-p95',
  title: 'Database query p95',
  failureTitle: 'Database queries are slow',
  source: '002',
  unit: 'ms',
  bounds: [alertBound('query-p95')],
  causeRank: 16,
  needs: 'service-metrics',
  chart: 'time',
  nextStep:
    'Take the kind of query with the largest total time (pg_stat_statements), and see its plan and what it waited for.',
  measure,
};
