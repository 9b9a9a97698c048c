import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { totalOf } from '../../measure/tracks/windows.ts';
import { loadedPhaseNames } from '../judged-windows.ts';
import { noLoad, notSeen } from '../unknowns.ts';
import { formatCountOf } from '../../measure/numbers-in-words.ts';

/** Above this the load was another one than the profile's. */
const mostPercent = 1;

/** By k6's own end figures, or where it gave none by what arrived of it. */
const countsOf = ({ loadTotals, observations }: JudgeInput): { dropped: number; planned: number } => {
  const arrived = (name: string): number => totalOf(seriesOf(observations, name));
  const dropped = loadTotals?.droppedIterations ?? arrived('dropped_iterations');
  return { dropped, planned: dropped + (loadTotals?.iterations ?? arrived('iterations')) };
};

const measure = (input: JudgeInput): Measurement => {
  if (loadedPhaseNames(input.phases).size === 0) return noLoad;
  const { dropped, planned } = countsOf(input);
  if (planned === 0) return notSeen(input, 'iterations');
  const value = (100 * dropped) / planned;
  const measuredBy = 'iterations that k6 had no virtual user for, of all planned';
  const reason = `${formatCountOf(dropped, planned)} iterations were not sent`;
  // Not the service's failure by itself (throughput judges that): what was not sent was not tested.
  if (value > mostPercent)
    return { state: 'inconclusive', count: planned, measuredBy, reason: `the generator fell behind: ${reason}` };
  return { state: 'measured', value, count: planned, numerator: dropped, measuredBy, reason };
};

export const criterion: Criterion = {
  id: 'dropped-iterations',
  title: 'Iterations that the generator could not send',
  failureTitle: 'The generator fell behind',
  source: 'ours',
  unit: '%',
  bounds: [{ severity: 'fail', comparator: '<=', value: mostPercent }],
  causeRank: 1,
  always: true,
  chart: 'load',
  nextStep:
    'If the host was idle the service was too slow to give virtual users back; else give the generator more CPU.',
  measure,
};
