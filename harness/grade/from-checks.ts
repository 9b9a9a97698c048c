import { formatCount } from '../measure/numbers-in-words.ts';
import type { CheckResult } from '../result.ts';
import type { JudgeInput, Measurement } from './criterion.ts';

export const offersJobs = ({ load, phases }: JudgeInput): boolean =>
  load.users !== 'notes' && phases.some(({ activeJobs }) => [activeJobs].flat().some((count) => count > 0));

/**
 * A load that offers no jobs leaves the tables of jobs empty by design: checkers that found nothing to examine there
 * are left out, as long as another one had something.
 */
const withSomethingToExamine = (input: JudgeInput, asked: readonly CheckResult[]): readonly CheckResult[] => {
  const filled = asked.filter(({ empty }) => offersJobs(input) || empty !== true);
  return filled.length > 0 ? filled : asked;
};

const reasonsOf = (checks: readonly CheckResult[]): string =>
  checks.map(({ id, reason }) => `${id}: ${reason}`).join('; ');

const sumOf = (checks: readonly CheckResult[], field: 'violations' | 'examined'): number =>
  checks.reduce((total, check) => total + check[field], 0);

const measuredByOf = (checks: readonly CheckResult[], count: number, what: string, leftOut: number): string => {
  const left = leftOut > 0 ? `; ${leftOut} checkers of jobs are left out, since this load has none` : '';
  return `${checks.map(({ id }) => id).join(', ')} over ${formatCount(count)} ${what} after the run${left}`;
};

/**
 * Adds up what the checkers of some invariants found. A violation counts even where another checker saw nothing;
 * without one, a single inconclusive checker leaves the whole unknown.
 */
export const fromChecks = (input: JudgeInput, wanted: (check: CheckResult) => boolean, what: string): Measurement => {
  const asked = input.checks.filter(wanted);
  const checks = withSomethingToExamine(input, asked);
  if (checks.length === 0) return { state: 'inconclusive', reason: 'no checker ran', count: 0 };
  const [value, count] = [sumOf(checks, 'violations'), sumOf(checks, 'examined')];
  const measuredBy = measuredByOf(checks, count, what, asked.length - checks.length);
  const unknown = checks.filter(({ status }) => status === 'inconclusive');
  if (value === 0 && unknown.length > 0)
    return { state: 'inconclusive', count, measuredBy, reason: reasonsOf(unknown) };
  const violated = checks.filter(({ status }) => status === 'violated');
  const evidence = violated.flatMap(({ id, examples }) => examples.map((text) => ({ text, source: id })));
  return { state: 'measured', value, count, measuredBy, reason: reasonsOf(violated), evidence };
};
