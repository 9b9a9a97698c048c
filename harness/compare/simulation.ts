/** How often the gates and the history are right, over made data with known truth. Seeds fixed: figures repeat to the digit. */
import { changePointDefaults, changePoints } from '../measure/statistics/change-points.ts';
import { normalFrom, randomFrom } from '../measure/statistics/random.ts';
import type { RunResult } from '../result.ts';
import { decideGates, type GateInput } from './gates.ts';
import { gatedMetrics } from './metrics.ts';

export interface GateSimulation {
  repeats: number;
  /** Share by which one figure of head is worse; 0: nothing changed. */
  planted: number;
  trials: number;
  /** Share of trials in which at least one unchanged figure was called a change. */
  falseAlarms: number;
  /** Share of trials in which the planted change was called a regression; null where none was planted. */
  found: number | null;
}

/** One repeat's noise: a factor about 1 for each gated metric, in their order. */
export type DrawNoise = () => number[];

/** Levels as on a small machine: they matter only beside the absolute minimum of each metric. */
const levels: Record<string, number> = {
  connectionSecondsPerJob: 0.31,
  queriesPerJob: 40,
  cpuMillisecondsPerJob: 21,
  apiMsP95: 92,
  queryMsP95: 4.1,
  jobMsP95: 2300,
};

/** Independent log-normal noise of one coefficient of variation. */
export const evenNoise = (cv: number, seed = 20261121): DrawNoise => {
  const normal = normalFrom(randomFrom(seed));
  return () => gatedMetrics.map(() => Math.exp(cv * normal()));
};

/** Repeats of unchanged code as they really were, each as logs of its figures' ratios to their side's median: what goes together stays together. */
export const noiseRows = (run: RunResult): number[][] => {
  const sides = Map.groupBy(
    run.scenarios.filter(({ state }) => state === 'finished'),
    ({ name, variant, release }) => `${name}/${variant}/${release ?? 'head'}`,
  );
  return [...sides.values()].flatMap((entries) => {
    const medians = gatedMetrics.map(
      ({ id }) => entries.map(({ figures }) => figures[id] ?? NaN).sort((a, b) => a - b)[entries.length >> 1]!,
    );
    return entries
      .map(({ figures }) => gatedMetrics.map(({ id }, position) => Math.log((figures[id] ?? NaN) / medians[position]!)))
      .filter((row) => row.every(Number.isFinite));
  });
};

/** Draws whole repeats from `rows`, smoothed by a fifth of each figure's spread so that few rows do not make ties. */
export const ownNoise = (rows: readonly (readonly number[])[], seed = 20261121): DrawNoise => {
  const random = randomFrom(seed);
  const normal = normalFrom(randomFrom(seed + 1));
  const spreads = gatedMetrics.map((_, position) =>
    Math.sqrt(rows.reduce((total, row) => total + row[position]! ** 2, 0) / rows.length),
  );
  return () =>
    rows[Math.floor(random() * rows.length)]!.map((ratio, position) =>
      Math.exp(ratio + 0.2 * spreads[position]! * normal()),
    );
};

export interface GateTrials {
  noise: DrawNoise;
  repeats: number;
  planted: number;
  trials: number;
  changed?: string;
}

/** Six gates as one comparison has them; the change is planted in `changed`, by default a latency. */
export const simulateGates = ({
  noise,
  repeats,
  planted,
  trials,
  changed = 'apiMsP95',
}: GateTrials): GateSimulation => {
  const position = gatedMetrics.findIndex(({ id }) => id === changed);
  let falseAlarms = 0;
  let found = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const sides = [Array.from({ length: repeats }, noise), Array.from({ length: repeats }, noise)] as const;
    const inputs: GateInput[] = gatedMetrics.map((metric, index) => ({
      metric,
      base: sides[0].map((row) => levels[metric.id]! * row[index]!),
      head: sides[1].map((row) => levels[metric.id]! * row[index]! * (index === position ? 1 + planted : 1)),
    }));
    const verdicts = decideGates(inputs, { verdictsOnly: true, resamples: 500, seed: trial }).map(
      ({ verdict }) => verdict,
    );
    if (
      verdicts.some(
        (verdict, index) =>
          (planted === 0 || index !== position) && (verdict === 'regression' || verdict === 'improvement'),
      )
    )
      falseAlarms += 1;
    if (verdicts[position] === 'regression') found += 1;
  }
  return { repeats, planted, trials, falseAlarms: falseAlarms / trials, found: planted === 0 ? null : found / trials };
};

export interface HistorySimulation {
  seed: number;
  /** Runs after the planted one at which it was first reported (0: by the first run itself); null: never within the history. */
  delays: (number | null)[];
  /** Distinct reported changes that belong to none of the planted, over all nights. */
  falseAlarms: number;
}

export interface NightlyPlan {
  runs: number;
  cv: number;
  /** Runs at which the level changes, and by how many standard deviations. */ changes: {
    at: number;
    deviations: number;
  }[];
}

export const nightlyPlan: NightlyPlan = {
  runs: 60,
  cv: 0.03,
  changes: [
    { at: 15, deviations: 4 },
    { at: 31, deviations: -4 },
    { at: 46, deviations: 5 },
  ],
};

/** A reported change belongs to a planted one if it lies at most so many runs from it. */
const nearby = 2;

/** Night after night: each run is added and the history judged, as in CI; what counts is when a change is first reported. */
export const simulateNightlies = (seed: number, plan: NightlyPlan = nightlyPlan): HistorySimulation => {
  const normal = normalFrom(randomFrom(seed));
  const values = Array.from({ length: plan.runs }, (_, run) => {
    const deviations = plan.changes
      .filter(({ at }) => run >= at)
      .reduce((total, change) => total + change.deviations, 0);
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
