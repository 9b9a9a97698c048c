import type { Criterion, JudgeInput } from '../criterion.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { fewestSamples, highestHeld, sumPerSecond, type Window } from '../../measure/tracks/windows.ts';
import { budgeted, budgetedComponents, leastHeadroom, leftWords, type Headroom } from '../headroom.ts';
import { loadedWindows, windowWords } from '../judged-windows.ts';
import { noLoad } from '../unknowns.ts';

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;

const headroomOf = (input: JudgeInput, component: string, budget: number, windows: readonly Window[]): Headroom => {
  const series = seriesOf(input.observations, 'process.memory_bytes', { component });
  if (series.length === 0) return { component, left: null, count: 0, words: 'its memory was not seen' };
  const held = highestHeld(sumPerSecond(series, windows));
  if (held === null) return { component, left: null, count: 0, words: `fewer than ${fewestSamples} samples in a row` };
  const left = 100 * (1 - held.value / budget);
  return {
    component,
    left,
    count: held.count,
    words: `${leftWords(left)} (${mebibytes(held.value)} of ${mebibytes(budget)} in use)`,
  };
};

export const criterion: Criterion = {
  id: 'memory-headroom',
  title: 'Memory left of the budget, least of all components',
  failureTitle: 'Too little memory is left',
  source: '001',
  unit: '%',
  figureWords: 'of the budget',
  bounds: [{ severity: 'fail', comparator: '>', value: 40 }],
  causeRank: 14,
  needs: 'processes',
  suitsReferenceOnly: true,
  sees: [{ source: 'processes', series: ['process.memory_bytes'], components: budgetedComponents }],
  chart: 'memory',
  nextStep:
    'See whether it grows or stands: a standing figure is the size of pools and caches, a growing one is a leak.',
  measure(input) {
    const windows = loadedWindows(input.phases);
    if (windows.length === 0) return noLoad;
    const found = budgeted(input).map(({ component, memoryBytes }) =>
      headroomOf(input, component, memoryBytes, windows),
    );
    const limit = input.declaration?.value ?? this.bounds[0]!.value;
    return leastHeadroom(
      found,
      limit,
      `highest sustained PSS of each component against its budget (shared_buffers once), ${windowWords(windows)}`,
    );
  },
};
