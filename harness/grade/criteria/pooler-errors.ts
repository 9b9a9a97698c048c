import type { Evidence } from '../../findings.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { classifyError } from '../../measure/errors/classify.ts';
import { seriesOf, type Series } from '../../measure/tracks/observations.ts';
import { withoutResets } from '../../measure/tracks/windows.ts';
import { isMostlyUnread, linesReadOf } from '../../measure/logs/lines-read.ts';
import { afterWarmup } from '../judged-windows.ts';
import { notUnderstood } from '../unknowns.ts';

/** Clients that leave without a word are no failure of the pooler's. Words that are not known are one. */
const harmless = new Set(['client-gone']);

/** Counted over all poolers, each restart of which counts from zero again. */
const countsByFamily = (counters: readonly Series[]): Map<string, number> => {
  const byFamily = new Map<string, number>();
  for (const series of counters) {
    const family = series.labels['family'] ?? 'other';
    byFamily.set(family, (byFamily.get(family) ?? 0) + (withoutResets(series, true).values.at(-1) ?? 0));
  }
  return byFamily;
};

const familyWords = (byFamily: ReadonlyMap<string, number>): string =>
  [...byFamily]
    .filter(([, count]) => count > 0)
    .map(([family, count]) => `${count} of family ${family}`)
    .join(', ') || 'none logged';

/** The first lines of those families, as they stand in the log. */
const linesOf = ({ observations }: JudgeInput, byFamily: ReadonlyMap<string, number>): Evidence[] =>
  observations.logLines
    .filter(
      ({ component, text, family }) => component === 'pooler' && byFamily.has(family ?? classifyError(text).family),
    )
    .slice(0, 3)
    .map(({ atMs, text }) => ({ atMs, text, source: 'pooler' }));

const measure = (input: JudgeInput): Measurement => {
  if (input.route === 'direct')
    return { state: 'notApplicable', reason: 'the service reaches the database without a pooler' };
  const counters = seriesOf(input.observations, 'pooler.log_errors').filter(
    ({ labels }) => !harmless.has(labels['family'] ?? 'other'),
  );
  const lines = linesReadOf(input.observations, 'pooler');
  if (counters.length === 0 && lines !== null && isMostlyUnread(lines)) return notUnderstood(lines, 'the pooler');
  const byFamily = countsByFamily(counters);
  const value = [...byFamily.values()].reduce((total, count) => total + count, 0);
  return {
    state: 'measured',
    value,
    count: value,
    measuredBy: "errors in the pooler's own log: drivers may retry so that no client sees them",
    reason: familyWords(byFamily),
    evidence: linesOf(input, byFamily),
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
  sees: [{ source: 'pooler-log', windows: ({ phases }) => afterWarmup(phases) }],
  chart: 'errors',
  nextStep:
    'Compare cl_waiting and maxwait with sv_active: too few server connections, or transactions that ' +
    'hold them too long.',
  measure,
};
