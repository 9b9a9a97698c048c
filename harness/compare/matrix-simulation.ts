/**
 * How often `pgsurge history` exits 1, night after night, over all gated trends of a matrix at once, with known truth. The
 * figures that do not gate cannot change an exit code and are left out. Seeds fixed.
 */
import { changePointDefaults } from '../measure/statistics/change-points.ts';
import { normalFrom, randomFrom } from '../measure/statistics/random.ts';
import { gatedMetrics } from './metrics.ts';
import { gateP, judgedChanges, recentRuns } from './trend.ts';

/** A figure of one of the scenarios gets worse from run `at` on. */
export interface PlantedChange {
  at: number;
  deviations: number;
  scenario: number;
  metric: string;
}

export interface MatrixPlan {
  runs: number;
  scenarios: number;
  cv: number;
  changes: PlantedChange[];
}

export interface MatrixSimulation {
  /** Nights with exit 1 that no planted change explains. */
  falseNights: number;
  /** Runs after the planted one at which the exit code first told it (0: by that run itself); null: never. */
  delays: (number | null)[];
}

/** `baseline` as measured on two idle cores, database on loopback: beside the absolute minima these levels decide what can be found. */
const levels: Readonly<Record<string, number>> = {
  connectionSecondsPerJob: 0.072,
  queriesPerJob: 68.9,
  cpuMillisecondsPerJob: 77,
  apiMsP95: 5.4,
  queryMsP95: 2.05,
  jobMsP95: 4550,
};

const planted: readonly PlantedChange[] = [
  { at: 15, deviations: 4, scenario: 0, metric: 'cpuMillisecondsPerJob' },
  { at: 31, deviations: 4, scenario: 1, metric: 'connectionSecondsPerJob' },
  { at: 46, deviations: 5, scenario: 3, metric: 'jobMsP95' },
];

export const matrixPlan: MatrixPlan = { runs: 60, scenarios: 4, cv: 0.03, changes: [...planted] };

/** A reported change belongs to a planted one of its figure if it lies at most so many runs from it. */
const nearby = 2;

/** Every night of one trend on which the history would exit 1 for it, with the place of the change. */
const alarmsOf = (
  values: readonly number[],
  metric: (typeof gatedMetrics)[number],
  maximumP: number,
): { night: number; index: number }[] => {
  const alarms: { night: number; index: number }[] = [];
  for (let known = changePointDefaults.minimumPoints; known <= values.length; known += 1) {
    for (const { index, gates, verdict, recent } of judgedChanges(
      values.slice(0, known),
      metric,
      maximumP,
      known - recentRuns,
    )) {
      if (gates && verdict === 'regression' && recent) alarms.push({ night: known - 1, index });
    }
  }
  return alarms;
};

export const simulateMatrix = (seed: number, plan: MatrixPlan = matrixPlan): MatrixSimulation => {
  const normal = normalFrom(randomFrom(seed));
  const maximumP = gateP(plan.scenarios * gatedMetrics.length);
  const falseNights = new Set<number>();
  const delays: (number | null)[] = plan.changes.map(() => null);
  for (let scenario = 0; scenario < plan.scenarios; scenario += 1) {
    for (const metric of gatedMetrics) {
      const own = plan.changes
        .map((change, position) => ({ ...change, position }))
        .filter((change) => change.scenario === scenario && change.metric === metric.id);
      const values = Array.from(
        { length: plan.runs },
        (_, run) =>
          levels[metric.id]! *
          (1 + plan.cv * own.filter(({ at }) => run >= at).reduce((total, { deviations }) => total + deviations, 0)) *
          Math.exp(plan.cv * normal()),
      );
      for (const { night, index } of alarmsOf(values, metric, maximumP)) {
        const found = own.find(({ at }) => Math.abs(at - index) <= nearby);
        if (found === undefined) falseNights.add(night);
        else delays[found.position] ??= night - found.at;
      }
    }
  }
  return { falseNights: falseNights.size, delays };
};
