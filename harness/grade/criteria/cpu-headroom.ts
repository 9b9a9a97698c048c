import type { Criterion, JudgeInput } from '../criterion.ts';
import { seriesOf } from '../../measure/observations.ts';
import { fewestSamples, highestMean, ratePerSecond, type Window } from '../../measure/windows.ts';
import { budgeted, leastHeadroom, type Headroom } from '../headroom.ts';
import { starved } from '../host.ts';
import { loadedWindows, noLoad, windowWords } from '../seen.ts';

const headroomOf = (input: JudgeInput, component: string, cores: number, windows: readonly Window[]): Headroom => {
  const series = seriesOf(input.observations, 'process.cpu_seconds', { component });
  const held = highestMean(ratePerSecond(series, windows));
  if (series.length === 0) return { component, left: null, count: 0, words: 'its CPU was not seen' };
  if (held === null) return { component, left: null, count: series[0]?.tMs.length ?? 0, words: `fewer than ${fewestSamples} samples in a row` };
  const left = 100 * (1 - held.value / cores);
  const words = `${left.toFixed(0)} % left (${held.value.toFixed(2)} of ${cores} cores)`;
  const why = starved(input, component, windows);
  return why === null ? { component, left, count: held.count, words } : { component, left: null, count: held.count, words: `${words}, which does not count: ${why}` };
};

export const criterion: Criterion = {
  id: 'cpu-headroom',
  title: 'CPU left of the budget, least of all components',
  failureTitle: 'Too little CPU is left',
  source: '001',
  unit: '%',
  bounds: [{ severity: 'fail', comparator: '>', value: 50 }],
  causeRank: 30,
  chart: 'cpu',
  nextStep: 'See which component it is: for the database the statements with the most total time, for the service a profile of its busiest replica.',
  measure(input) {
    const windows = loadedWindows(input.phases);
    if (windows.length === 0) return noLoad;
    const found = budgeted(input).map(({ component, cores }) => headroomOf(input, component, cores, windows));
    const limit = input.declaration?.value ?? this.bounds[0]!.value;
    return leastHeadroom(found, limit, `busiest ten seconds of each component against its budget, ${windowWords(windows)}; counts only where the host was idle 15 % or more`);
  },
};
