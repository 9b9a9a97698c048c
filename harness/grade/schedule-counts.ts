import type { JudgeInput, Measurement } from './criterion.ts';

type Counts = Readonly<Record<string, number>>;

/**
 * A figure that the checker `schedule-ticks` counted in the database. Nothing there to count is unknown, never a pass.
 */
export const scheduleCounts = (
  input: JudgeInput,
  name: string,
  rows: (counts: Counts) => number,
  measuredBy: string,
): Measurement => {
  if (input.declaration === null) return { state: 'notApplicable', reason: 'the scenario is not about schedules' };
  const check = input.checks.find(({ id }) => id === 'schedule-ticks');
  const value = check?.counts?.[name];
  if (value === undefined)
    return {
      state: 'inconclusive',
      count: 0,
      reason: `schedules were not counted${check === undefined ? '' : `: ${check.reason}`}`,
    };
  const count = rows(check!.counts!);
  if (count === 0) return { state: 'inconclusive', count, measuredBy, reason: 'there was nothing to count' };
  return { state: 'measured', value, count, measuredBy };
};
