/** How often the gates and the history are right, over made data with known truth. Seeds fixed: figures repeat to the digit. */
import { changePointDefaults, changePoints } from '../measure/statistics/change-points.ts';
import { normalFrom, randomFrom } from '../measure/statistics/random.ts';
import { decideGates, type GateInput } from './gates.ts';
import { gatedMetrics } from './metrics.ts';

export interface GateSimulation {
  cv: number;
  repeats: number;
  /** Share by which one figure of head is worse; 0: nothing changed. */
  planted: number;
  trials: number;
  /** Share of trials in which at least one unchanged figure was called a change. */
  falseAlarms: number;
  /** Share of trials in which the planted change was called a regression; null where none was planted. */
  found: number | null;
}

/** Six gates as one comparison has them, levels as on a small machine, log-normal noise, the change planted in a latency (noisiest gates' rules). */
export const simulateGates = ({ cv, repeats, planted, trials, seed = 20261121 }: { cv: number; repeats: number; planted: number; trials: number; seed?: number }): GateSimulation => {
  const normal = normalFrom(randomFrom(seed));
  const levels: Record<string, number> = { connectionSecondsPerJob: 0.31, queriesPerJob: 40, cpuMillisecondsPerJob: 21, apiMsP95: 92, queryMsP95: 4.1, jobMsP95: 2300 };
  const changed = 'apiMsP95';
  const draw = (level: number): number[] => Array.from({ length: repeats }, () => level * Math.exp(cv * normal()));
  let falseAlarms = 0;
  let found = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const inputs: GateInput[] = gatedMetrics.map((metric) =>
      ({ metric, base: draw(levels[metric.id]!), head: draw(levels[metric.id]! * (metric.id === changed ? 1 + planted : 1)) }));
    const results = decideGates(inputs, { verdictsOnly: true, resamples: 500, seed: trial });
    const isChange = (position: number): boolean => ['regression', 'improvement'].includes(results[position]!.verdict);
    if (gatedMetrics.some((metric, position) => (planted === 0 || metric.id !== changed) && isChange(position))) falseAlarms += 1;
    if (results[gatedMetrics.findIndex(({ id }) => id === changed)]!.verdict === 'regression') found += 1;
  }
  return { cv, repeats, planted, trials, falseAlarms: falseAlarms / trials, found: planted === 0 ? null : found / trials };
};

export interface HistorySimulation {
  seed: number;
  /** Runs after the planted one at which it was first reported (0: by the first run itself); null: never within the history. */
  delays: (number | null)[];
  /** Distinct reported changes that belong to none of the planted, over all nights. */
  falseAlarms: number;
}

export interface NightlyPlan { runs: number; cv: number; /** Runs at which the level changes, and by how many standard deviations. */ changes: { at: number; deviations: number }[] }

export const nightlyPlan: NightlyPlan = { runs: 60, cv: 0.03, changes: [{ at: 15, deviations: 4 }, { at: 31, deviations: -4 }, { at: 46, deviations: 5 }] };

/** A reported change belongs to a planted one if it lies at most so many runs from it. */
const nearby = 2;

/** Night after night: each run is added and the history judged, as in CI; what counts is when a change is first reported. */
export const simulateNightlies = (seed: number, plan: NightlyPlan = nightlyPlan): HistorySimulation => {
  const normal = normalFrom(randomFrom(seed));
  const values = Array.from({ length: plan.runs }, (_, run) => {
    const deviations = plan.changes.filter(({ at }) => run >= at).reduce((total, change) => total + change.deviations, 0);
    return 100 * (1 + plan.cv * (deviations + normal()));
  });
  const delays: (number | null)[] = plan.changes.map(() => null);
  const alarms = new Set<number>();
  for (let known = changePointDefaults.minimumPoints; known <= plan.runs; known += 1) {
    for (const { index } of changePoints(values.slice(0, known))) {
      const planted = plan.changes.findIndex(({ at }) => Math.abs(at - index) <= nearby);
      if (planted === -1) alarms.add(index);
      else delays[planted] ??= known - 1 - plan.changes[planted]!.at;
    }
  }
  return { seed, delays, falseAlarms: alarms.size };
};
