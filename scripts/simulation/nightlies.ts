/** How soon changes of one series are drawn, night after night, over made data with known truth. Seeds fixed. */
import { changePointDefaults, changePoints } from '../../harness/measure/statistics/change-points.ts';
import { normalFrom, randomFrom } from '../../harness/measure/statistics/random.ts';

interface PlannedLevelChange {
  /** First run with the new level. */
  at: number;
  /** By how many standard deviations the level changes. */
  deviations: number;
}

interface NightlyPlan {
  runs: number;
  cv: number;
  changes: PlannedLevelChange[];
}

interface HistorySimulation {
  /** Runs after the planted one at which it was first reported (0: by the first run itself); null: never. */
  delays: (number | null)[];
  /** Distinct reported changes that belong to none of the planted, over all nights. */
  falseAlarms: number;
}

const nightlyPlan: NightlyPlan = {
  runs: 60,
  cv: 0.03,
  changes: [
    { at: 15, deviations: 4 },
    { at: 31, deviations: -4 },
    { at: 46, deviations: 5 },
  ],
};

/** A reported change belongs to a planted one if it lies at most so many runs from it. */
export const nearbyRuns = 2;

/** By how many deviations the level of a run lies from the first run's. */
export const deviationsAt = (run: number, changes: readonly PlannedLevelChange[]): number =>
  changes.filter(({ at }) => run >= at).reduce((total, { deviations }) => total + deviations, 0);

/** Each run is added and the history judged, as in CI; what counts is when a change is first reported. */
export const simulateNightlies = (
  seed: number,
  { runs, cv, changes }: NightlyPlan = nightlyPlan,
): HistorySimulation => {
  const normal = normalFrom(randomFrom(seed));
  const values = Array.from({ length: runs }, (_, run) => 100 * (1 + cv * (deviationsAt(run, changes) + normal())));
  const delays: (number | null)[] = changes.map(() => null);
  const alarms = new Set<number>();
  for (let known = changePointDefaults.minimumPoints; known <= runs; known += 1) {
    for (const { index } of changePoints(values.slice(0, known))) {
      const planted = changes.findIndex(({ at }) => Math.abs(at - index) <= nearbyRuns);
      if (planted === -1) alarms.add(index);
      else delays[planted] ??= known - 1 - changes[planted]!.at;
    }
  }
  return { delays, falseAlarms: alarms.size };
};
