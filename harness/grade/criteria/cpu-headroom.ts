import type { Criterion, JudgeInput } from '../criterion.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import {
  fewestSamples,
  highestMean,
  ratePerSecond,
  meansHeld,
  type Held,
  type Window,
} from '../../measure/tracks/windows.ts';
import { budgeted, budgetedComponents, leastHeadroom, leftWords, type Budgeted, type Headroom } from '../headroom.ts';
import { waitedPerRun } from '../host.ts';
import { formatRoughShare, formatSeconds } from '../../measure/numbers-in-words.ts';
import { loadedWindows, windowWords } from '../judged-windows.ts';
import { noLoad } from '../unknowns.ts';
import { requestsDoneIn, workDone, type Done } from '../work-done.ts';

/** What was done of the offered work, over the whole load and within any window of it. */
interface Work {
  whole: Done;
  within: (window: Window) => Done;
}

/** Ten seconds, with the cores that the whole of the work offered in them would have taken. */
interface Demand {
  held: Held;
  cores: number;
  undone: string | null;
}

const leftOf = (cores: number, budget: number): number => 100 * (1 - cores / budget);

const coresWords = (cores: number, budget: number): string =>
  `${leftWords(leftOf(cores, budget))} (${cores.toFixed(2)} of ${budget} cores)`;

/** A sample is what was used in the second before it. */
const windowOf = ({ fromMs, untilMs }: Held): Window => ({ startMs: fromMs - 1000, endMs: untilMs });

const stretchWords = (held: Held): string => {
  const { startMs, endMs } = windowOf(held);
  return `from ${formatSeconds(startMs)} to ${formatSeconds(endMs)}`;
};

const demandOf = (held: Held, { whole, within }: Work): Demand => {
  const done = within(windowOf(held));
  return { held, cores: held.value / Math.min(whole.share, done.share), undone: whole.undone ?? done.undone };
};

/** A note, and no judge: waiting makes answers late, which other criteria judge. */
const waitedWords = (input: JudgeInput, component: string, windows: readonly Window[]): string => {
  const waited = waitedPerRun(input, component, windows);
  return waited === null || waited < 0.1 ? '' : `; it waited for a core ${formatRoughShare(waited)} of the time it ran`;
};

/**
 * Over the bound by what it used alone, it fails: what was not done would only add to that. Else it is known by its
 * demand, if the work was done.
 */
const headroomOf = (
  input: JudgeInput,
  { component, cores: budget }: Budgeted,
  limit: number,
  windows: readonly Window[],
  work: Work,
): Headroom => {
  const ran = ratePerSecond(seriesOf(input.observations, 'process.cpu_seconds', { component }), windows);
  const count = ran.values.length;
  const unknown = (words: string): Headroom => ({ component, left: null, count, words });
  const busiest = highestMean(ran);
  if (count === 0) return unknown('its CPU was not seen');
  if (busiest === null) return unknown(`fewer than ${fewestSamples} samples in a row`);
  const known = (cores: number, held: Held): Headroom => ({
    component,
    left: leftOf(cores, budget),
    count,
    words: `${coresWords(cores, budget)} ${stretchWords(held)}${waitedWords(input, component, windows)}`,
  });
  if (leftOf(busiest.value, budget) <= limit) return known(busiest.value, busiest);
  const demands = meansHeld(ran).map((held) => demandOf(held, work));
  const { held, cores, undone } = demands.reduce((most, one) => (one.cores > most.cores ? one : most));
  if (undone === null && leftOf(cores, budget) > limit) return known(cores, held);
  const seen = `${coresWords(held.value, budget)} by what it used ${stretchWords(held)}`;
  return unknown(`${seen}, but ${undone ?? `${coresWords(cores, budget)} had all the work been done`}`);
};

export const criterion: Criterion = {
  id: 'cpu-headroom',
  title: 'CPU left of the budget, least of all components',
  failureTitle: 'Too little CPU is left',
  source: '001',
  unit: '%',
  figureWords: 'of the budget',
  bounds: [{ severity: 'fail', comparator: '>', value: 50 }],
  causeRank: 15,
  needs: 'processes',
  suitsReferenceOnly: true,
  sees: [
    { source: 'processes', series: ['process.cpu_seconds'], components: budgetedComponents },
    // What was done of the offered work.
    { source: 'k6' },
    // Its jobs; a service of somebody else's has none that are known here, and may say nothing of itself.
    { source: 'service', windows: (input) => (input.isForeign === true ? [] : loadedWindows(input.phases)) },
  ],
  chart: 'cpu',
  nextStep:
    'See which component it is: for the database the statements with the most total time, for the ' +
    'service a profile of its busiest replica.',
  measure(input) {
    const windows = loadedWindows(input.phases);
    if (windows.length === 0) return noLoad;
    const limit = input.declaration?.value ?? this.bounds[0]!.value;
    const work: Work = { whole: workDone(input), within: requestsDoneIn(input) };
    const found = budgeted(input).map((one) => headroomOf(input, one, limit, windows, work));
    return leastHeadroom(
      found,
      limit,
      `CPU used by each component in its most demanding ten seconds, by the share of the offered work that was done, ` +
        `against its budget, ${windowWords(windows)}`,
    );
  },
};
