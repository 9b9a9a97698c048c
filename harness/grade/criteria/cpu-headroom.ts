import type { Criterion, JudgeInput } from '../criterion.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { fewestSamples, highestMean, ratePerSecond, type Window } from '../../measure/tracks/windows.ts';
import { budgeted, leastHeadroom, type Headroom } from '../headroom.ts';
import { busyHost, heldBack, waitedPerRun } from '../host.ts';
import { formatRoughShare } from '../../measure/numbers-in-words.ts';
import { loadedWindows, windowWords } from '../judged-windows.ts';
import { noLoad } from '../unknowns.ts';

const coresOf = ({ cores, left }: { cores: number; left: number }, budget: number): string =>
  `${left.toFixed(0)} % left (${cores.toFixed(2)} of ${budget} cores)`;

/**
 * A part that waited for a core for 10 % of the time it ran, or more, looks cheaper than it is. Had it not waited it
 * would have used at most what it ran and waited together, so that sum is what counts then: it may pass by it, never
 * fail by it.
 */
const headroomOf = (
  input: JudgeInput,
  component: string,
  budget: number,
  limit: number,
  windows: readonly Window[],
): Headroom => {
  const ran = ratePerSecond(seriesOf(input.observations, 'process.cpu_seconds', { component }), windows);
  const held = highestMean(ran);
  const unknown = (words: string): Headroom => ({ component, left: null, count: ran.values.length, words });
  if (ran.values.length === 0) return unknown('its CPU was not seen');
  if (held === null) return unknown(`fewer than ${fewestSamples} samples in a row`);
  const used = { cores: held.value, left: 100 * (1 - held.value / budget) };
  const waited = waitedPerRun(input, component, windows);
  if (waited === null)
    return unknown(`${coresOf(used, budget)}, which does not count: how long it waited for a core is not known`);
  if (!heldBack(waited) || used.left <= limit)
    return { component, left: used.left, count: held.count, words: coresOf(used, budget) };
  const waiting = ratePerSecond(seriesOf(input.observations, 'process.run_wait_seconds', { component }), windows);
  const most =
    highestMean({ tMs: ran.tMs, values: ran.values.map((value, index) => value + (waiting.values[index] ?? 0)) }) ??
    held;
  const atMost = { cores: most.value, left: 100 * (1 - most.value / budget) };
  const why = `waiting for a core counted in, since that was ${formatRoughShare(waited)} of the time it ran`;
  return atMost.left > limit
    ? { component, left: atMost.left, count: held.count, words: `${coresOf(atMost, budget)}, ${why}` }
    : unknown(
        `between ${coresOf(atMost, budget)} and ${coresOf(used, budget)}: it waited for a core ` +
          `${formatRoughShare(waited)} of the time it ran, below 10 % is needed`,
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
    const found = budgeted(input).map(({ component, cores }) => headroomOf(input, component, cores, limit, windows));
    return leastHeadroom(
      found,
      limit,
      `busiest ten seconds of each component against its budget, ${windowWords(windows)}; counts only ` +
        'where the host was idle 15 % or more',
    );
  },
};
