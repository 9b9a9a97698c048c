import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { totalOf } from '../../measure/tracks/windows.ts';
import { loadedPhaseNames, loadedWindows } from '../judged-windows.ts';
import { blameFor, type Blame } from '../unsent-iterations.ts';
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

const whose: Record<Blame['who'], string> = {
  generator: 'the generator fell behind',
  script: "the script's own limit",
  service: 'the service did not give its users back',
};

const measure = (input: JudgeInput): Measurement => {
  if (loadedPhaseNames(input.phases).size === 0) return noLoad;
  const { dropped, planned } = countsOf(input);
  if (planned === 0) return notSeen('iterations');
  const value = (100 * dropped) / planned;
  const measuredBy = 'iterations that k6 had no virtual user for, of all planned';
  const count = formatCountOf(dropped, planned);
  if (value <= mostPercent) {
    const reason = `${count} iterations were not sent`;
    return { state: 'measured', value, count: planned, numerator: dropped, measuredBy, reason };
  }
  const { who, words } = blameFor(input);
  const reason = `${whose[who]}: ${count} iterations were not sent; ${words}`;
  // What was not sent was not tested: only where the service kept the users is that its failure.
  if (who !== 'service') return { state: 'inconclusive', count: planned, measuredBy, reason };
  return { state: 'measured', value, count: planned, numerator: dropped, measuredBy, reason, when: words };
};

export const criterion: Criterion = {
  id: 'dropped-iterations',
  title: 'Iterations that were not sent',
  failureTitle: 'The service kept its users waiting, so that iterations were not sent',
  source: 'ours',
  unit: '%',
  figureWords: 'of the iterations',
  bounds: [{ severity: 'fail', comparator: '<=', value: mostPercent }],
  demand: 'more fails where the service kept the users; where it was the generator or the script, it is not known',
  causeRank: 1,
  always: true,
  // k6's own end figures know of every iteration; only without them it is what arrived that counts.
  sees: [{ source: 'k6', windows: (input) => (input.loadTotals === null ? loadedWindows(input.phases) : []) }],
  chart: 'load',
  nextStep:
    'Where the service is slow, see where its time goes. Where the script allows too few users for its rate, raise ' +
    'maxVUs; where k6 was held back, give it more CPU.',
  measure,
};
