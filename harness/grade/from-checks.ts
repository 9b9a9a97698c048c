import type { CheckResult } from '../result.ts';
import type { JudgeInput, Measurement } from './criterion.ts';

/**
 * Adds up what the checkers of some invariants found. A violation counts even where another checker saw nothing;
 * without one, a single inconclusive checker leaves the whole unknown.
 */
export const fromChecks = (input: JudgeInput, wanted: (check: CheckResult) => boolean, what: string): Measurement => {
  const checks = input.checks.filter(wanted);
  if (checks.length === 0) return { state: 'inconclusive', reason: 'no checker ran', count: 0 };
  const violations = checks.reduce((total, check) => total + check.violations, 0);
  const examined = checks.reduce((total, check) => total + check.examined, 0);
  const unknown = checks.filter(({ status }) => status === 'inconclusive');
  const measuredBy = `${checks.map(({ id }) => id).join(', ')} over ${examined.toLocaleString('en-US')} ${what} after the run`;
  if (violations === 0 && unknown.length > 0) {
    return { state: 'inconclusive', count: examined, measuredBy, reason: unknown.map(({ id, reason }) => `${id}: ${reason}`).join('; ') };
  }
  const violated = checks.filter(({ status }) => status === 'violated');
  return {
    state: 'measured', value: violations, count: examined, measuredBy,
    ...(violated.length > 0 ? { reason: violated.map(({ title, reason }) => `${title}: ${reason}`).join('; ') } : {}),
    evidence: violated.flatMap(({ id, examples }) => examples.map((text) => ({ text, source: id }))),
  };
};
