import type { Criterion, JudgeInput } from '../criterion.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { fewestSamples, highestMean, ratePerSecond, type Samples, type Window } from '../../measure/tracks/windows.ts';
import { budgeted, leastHeadroom, type Budgeted, type Headroom } from '../headroom.ts';
import { busyHost, heldBack, waitedPerRun } from '../host.ts';
import { formatRoughShare } from '../../measure/numbers-in-words.ts';
import { loadedWindows, windowWords } from '../judged-windows.ts';
import { noLoad } from '../unknowns.ts';

interface Used {
  cores: number;
  left: number;
}

const coresOf = ({ cores, left }: Used, budget: number): string =>
  `${left.toFixed(0)} % left (${cores.toFixed(2)} of ${budget} cores)`;

const usedOf = (cores: number, budget: number): Used => ({ cores, left: 100 * (1 - cores / budget) });

/** The most that a component could have used: what it ran and what it waited for a core, together. */
const runAndWaited = (
  { observations }: JudgeInput,
  component: string,
  ran: Samples,
  windows: readonly Window[],
): number | null => {
  const waited = ratePerSecond(seriesOf(observations, 'process.run_wait_seconds', { component }), windows);
  const values = ran.values.map((value, index) => value + (waited.values[index] ?? 0));
  return highestMean({ tMs: ran.tMs, values })?.value ?? null;
};

/**
 * A component that waited for a core for 10 % of the time it ran, or more, looks cheaper than it is. Had it not waited
 * it would have used at most what it ran and waited together, so that sum is what counts then: it may pass by it, never
 * fail by it.
 */
const headroomOf = (
  input: JudgeInput,
  { component, cores: budget }: Budgeted,
  limit: number,
  windows: readonly Window[],
): Headroom => {
  const ran = ratePerSecond(seriesOf(input.observations, 'process.cpu_seconds', { component }), windows);
  const held = highestMean(ran);
  const unknown = (words: string): Headroom => ({ component, left: null, count: ran.values.length, words });
  if (ran.values.length === 0) return unknown('its CPU was not seen');
  if (held === null) return unknown(`fewer than ${fewestSamples} samples in a row`);
  const known = (used: Used, more = ''): Headroom => ({
    component,
    left: used.left,
    count: held.count,
    words: `${coresOf(used, budget)}${more}`,
  });
  const used = usedOf(held.value, budget);
  const waited = waitedPerRun(input, component, windows);
  if (waited === null)
    return unknown(`${coresOf(used, budget)}, which does not count: how long it waited for a core is not known`);
  if (!heldBack(waited) || used.left <= limit) return known(used);
  const atMost = usedOf(runAndWaited(input, component, ran, windows) ?? held.value, budget);
  const share = `${formatRoughShare(waited)} of the time it ran`;
  if (atMost.left > limit) return known(atMost, `, waiting for a core counted in, since that was ${share}`);
  return unknown(
    `between ${coresOf(atMost, budget)} and ${coresOf(used, budget)}: it waited for a core ${share}, below 10 % is ` +
      'needed',
  );
};

export const criterion: Criterion = {
  id: 'cpu-headroom',
  title: 'CPU left of the budget, least of all components',
  failureTitle: 'Too little CPU is left',
  source: '001',
  unit: '%',
  bounds: [{ severity: 'fail', comparator: '>', value: 50 }],
  causeRank: 15,
  needs: 'processes',
  chart: 'cpu',
  nextStep:
    'See which component it is: for the database the statements with the most total time, for the ' +
    'service a profile of its busiest replica.',
  measure(input) {
    const windows = loadedWindows(input.phases);
    if (windows.length === 0) return noLoad;
    const busy = busyHost(input, windows);
    if (busy !== null && budgeted(input).length > 0)
      return { state: 'inconclusive', count: 0, reason: `${busy}: a starved service looks cheap` };
    const limit = input.declaration?.value ?? this.bounds[0]!.value;
    const found = budgeted(input).map((one) => headroomOf(input, one, limit, windows));
    return leastHeadroom(
      found,
      limit,
      `busiest ten seconds of each component against its budget, ${windowWords(windows)}; counts only ` +
        'where the host was idle 15 % or more',
    );
  },
};
