/**
 * How often `pgsurge history` exits 1, night after night, over all gated trends of a matrix at once, with known truth.
 * The figures that do not gate cannot change an exit code and are left out. Seeds fixed.
 */
import { gatedMetrics, type Metric } from '../../harness/compare/metrics.ts';
import { gateP, judgedChanges, recentRuns } from '../../harness/compare/trend.ts';
import { changePointDefaults } from '../../harness/measure/statistics/change-points.ts';
import { normalFrom, randomFrom } from '../../harness/measure/statistics/random.ts';
import { deviationsAt, nearbyRuns } from './nightlies.ts';

/** A figure of one of the scenarios gets worse from run `at` on. */
interface PlantedChange {
  at: number;
  deviations: number;
  scenario: number;
  metric: string;
}

interface MatrixPlan {
  runs: number;
  scenarios: number;
  cv: number;
  changes: PlantedChange[];
}

interface MatrixSimulation {
  /** Nights with exit 1 that no planted change explains. */
  falseNights: number;
  /** Runs after the planted one at which the exit code first told it (0: by that run itself); null: never. */
  delays: (number | null)[];
}

/**
 * `baseline` as measured on two idle cores, database on loopback: beside the absolute minima these levels decide what
 * can be found.
 */
const levels: Readonly<Record<string, number>> = {
  connectionSecondsPerJob: 0.072,
  queriesPerJob: 68.9,
  cpuMillisecondsPerJob: 77,
  apiMsP95: 5.4,
  queryMsP95: 2.05,
  jobMsP95: 4550,
};

export const matrixPlan: MatrixPlan = {
  runs: 60,
  scenarios: 4,
  cv: 0.03,
  changes: [
    { at: 15, deviations: 4, scenario: 0, metric: 'cpuMillisecondsPerJob' },
    { at: 31, deviations: 4, scenario: 1, metric: 'connectionSecondsPerJob' },
    { at: 46, deviations: 5, scenario: 3, metric: 'jobMsP95' },
  ],
};

/** Every night of one trend on which the history would exit 1 for it, with the place of the change. */
const alarmsOf = (values: readonly number[], metric: Metric, maximumP: number): { night: number; index: number }[] => {
  const alarms: { night: number; index: number }[] = [];
  for (let known = changePointDefaults.minimumPoints; known <= values.length; known += 1) {
    const changes = judgedChanges(values.slice(0, known), metric, maximumP, known - recentRuns);
    for (const { index, gates, verdict, recent } of changes) {
      if (gates && verdict === 'regression' && recent) alarms.push({ night: known - 1, index });
    }
  }
  return alarms;
};

const trendValues = (
  metric: Metric,
  { runs, cv }: MatrixPlan,
  changes: readonly PlantedChange[],
  normal: () => number,
): number[] =>
  Array.from(
    { length: runs },
    (_, run) => levels[metric.id]! * (1 + cv * deviationsAt(run, changes)) * Math.exp(cv * normal()),
  );

interface SimulatedTrend {
  /** Changes planted in it. */
  planted: PlantedChange[];
  alarms: { night: number; index: number }[];
}

const simulatedTrends = (seed: number, plan: MatrixPlan): SimulatedTrend[] => {
  const normal = normalFrom(randomFrom(seed));
  const maximumP = gateP(plan.scenarios * gatedMetrics.length);
  const scenarios = Array.from({ length: plan.scenarios }, (_, scenario) => scenario);
  return scenarios.flatMap((scenario) =>
    gatedMetrics.map((metric) => {
      const planted = plan.changes.filter((change) => change.scenario === scenario && change.metric === metric.id);
      return { planted, alarms: alarmsOf(trendValues(metric, plan, planted, normal), metric, maximumP) };
    }),
  );
};

export const simulateMatrix = (seed: number, plan: MatrixPlan = matrixPlan): MatrixSimulation => {
  const falseNights = new Set<number>();
  const delays = new Map<PlantedChange, number>();
  for (const { planted, alarms } of simulatedTrends(seed, plan)) {
    for (const { night, index } of alarms) {
      const explaining = planted.find(({ at }) => Math.abs(at - index) <= nearbyRuns);
      if (explaining === undefined) falseNights.add(night);
      else if (!delays.has(explaining)) delays.set(explaining, night - explaining.at);
    }
  }
  return { falseNights: falseNights.size, delays: plan.changes.map((change) => delays.get(change) ?? null) };
};
