import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { classifyError } from '../../measure/errors/classify.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { withoutResets } from '../../measure/tracks/windows.ts';
import { notSeen } from '../unknowns.ts';

/** Clients that leave without a word are no failure of the pooler's. */
const harmless = new Set(['other', 'connection-lost', 'client-closed']);

const measure = (input: JudgeInput): Measurement => {
  if (input.route === 'direct')
    return { state: 'notApplicable', reason: 'the service reaches the database without a pooler' };
  const logSource = input.observations.sources.find(({ source }) => source.startsWith('pooler-log'));
  const counters = seriesOf(input.observations, 'pooler.log_errors').filter(
    ({ labels }) => !harmless.has(labels['family'] ?? 'other'),
  );
  const watched =
    logSource?.ok === true || counters.length > 0 || seriesOf(input.observations, 'pooler.clients').length > 0;
  if (!watched || logSource?.ok === false) return notSeen(input, "lines of the pooler's log");
  const byFamily = new Map<string, number>();
  for (const series of counters) {
    const family = series.labels['family'] ?? 'other';
    byFamily.set(family, (byFamily.get(family) ?? 0) + (withoutResets(series, true).values.at(-1) ?? 0));
  }
  const value = [...byFamily.values()].reduce((total, count) => total + count, 0);
  const lines = input.observations.logLines.filter(
    ({ component, text }) => component === 'pooler' && byFamily.has(classifyError(text).family),
  );
  return {
    state: 'measured',
    value,
    count: value,
    measuredBy: "errors in the pooler's own log: drivers may retry so that no client sees them",
    reason:
      value === 0
        ? 'none logged'
        : [...byFamily]
            .filter(([, count]) => count > 0)
            .map(([family, count]) => `${count} of family ${family}`)
            .join(', '),
    evidence: lines.slice(0, 3).map(({ atMs, text }) => ({ atMs, text, source: 'pooler' })),
  };
};

export const criterion: Criterion = {
  id: 'pooler-errors',
  title: 'Errors that the pooler logged',
  failureTitle: 'The pooler turns clients away',
  source: 'ours',
  unit: 'errors',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  causeRank: 19,
  needs: 'pooler-log',
  always: true,
  chart: 'errors',
  nextStep:
    'Compare cl_waiting and maxwait with sv_active: too few server connections, or transactions that ' +
    'hold them too long.',
  measure,
};
