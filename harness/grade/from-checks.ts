import { formatCount } from '../measure/numbers-in-words.ts';
import type { CheckResult } from '../result.ts';
import type { JudgeInput, Measurement } from './criterion.ts';

/**
 * Adds up what the checkers of some invariants found. A violation counts even where another checker saw nothing;
 * without one, a single inconclusive checker leaves the whole unknown. A load that offers no jobs leaves the tables of
 * jobs empty by design: checkers that found nothing to examine there are left out, as long as another one had
 * something.
 */
export const fromChecks = (input: JudgeInput, wanted: (check: CheckResult) => boolean, what: string): Measurement => {
  const offersJobs = input.phases.some(
    ({ activeJobs }) => (Array.isArray(activeJobs) ? Math.max(...activeJobs) : activeJobs) > 0,
  );
  const asked = input.checks.filter(wanted);
  const filled = asked.filter(({ empty }) => offersJobs || empty !== true);
  const checks = filled.length > 0 ? filled : asked;
  if (checks.length === 0) return { state: 'inconclusive', reason: 'no checker ran', count: 0 };
  const violations = checks.reduce((total, check) => total + check.violations, 0);
  const examined = checks.reduce((total, check) => total + check.examined, 0);
  const left =
    checks.length < asked.length
      ? `; ${asked.length - checks.length} checkers of jobs are left out, since this load has none`
      : '';
  const unknown = checks.filter(({ status }) => status === 'inconclusive');
  const measuredBy = `${checks.map(({ id }) => id).join(', ')} over ${formatCount(examined)} ${what} after the run${left}`;
  if (violations === 0 && unknown.length > 0) {
    return {
      state: 'inconclusive',
      count: examined,
      measuredBy,
      reason: unknown.map(({ id, reason }) => `${id}: ${reason}`).join('; '),
    };
  }
  const violated = checks.filter(({ status }) => status === 'violated');
  return {
    state: 'measured',
    value: violations,
    count: examined,
    measuredBy,
    ...(violated.length > 0 ? { reason: violated.map(({ id, reason }) => `${id}: ${reason}`).join('; ') } : {}),
    evidence: violated.flatMap(({ id, examples }) => examples.map((text) => ({ text, source: id }))),
  };
};
