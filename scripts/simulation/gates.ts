/**
 * How often the gates of a comparison are right, over made data with known truth. Seeds fixed: figures repeat to the
 * digit.
 */
import type { ChangeVerdict } from '../../harness/compare/comparison.ts';
import { decideGates, type GateInput } from '../../harness/compare/gates.ts';
import { gatedMetrics } from '../../harness/compare/metrics.ts';
import type { DrawNoise } from './noise.ts';

export interface GateTrials {
  noise: DrawNoise;
  repeats: number;
  /** Share by which one figure of head is worse; 0: nothing changed. */
  planted: number;
  trials: number;
  /** The figure that gets worse, by default a latency. */
  changed?: string;
}

interface GateSimulation {
  /** Share of trials in which at least one unchanged figure was called a change. */
  falseAlarms: number;
  /** Share of trials in which the planted change was called a regression; null where none was planted. */
  found: number | null;
}

/** Levels as on a small machine: they matter only beside the absolute minimum of each metric. */
const levels: Readonly<Record<string, number>> = {
  connectionSecondsPerJob: 0.31,
  queriesPerJob: 40,
  cpuMillisecondsPerJob: 21,
  apiMsP95: 92,
  queryMsP95: 4.1,
  jobMsP95: 2300,
};

const isChange = (verdict: ChangeVerdict): boolean => verdict === 'regression' || verdict === 'improvement';

/** One trial: both sides drawn anew, the change planted at `position`. One verdict for each gated metric. */
const verdictsOf = ({ noise, repeats, planted }: GateTrials, position: number, seed: number): ChangeVerdict[] => {
  const base = Array.from({ length: repeats }, noise);
  const head = Array.from({ length: repeats }, noise);
  const inputs = gatedMetrics.map((metric, index): GateInput => {
    const level = levels[metric.id]!;
    const changed = index === position ? 1 + planted : 1;
    return {
      metric,
      base: base.map((row) => level * row[index]!),
      head: head.map((row) => level * row[index]! * changed),
    };
  });
  return decideGates(inputs, { verdictsOnly: true, resamples: 500, seed }).map(({ verdict }) => verdict);
};

/** Six gates, as one comparison has them. */
export const simulateGates = (plan: GateTrials): GateSimulation => {
  const { planted, trials, changed = 'apiMsP95' } = plan;
  const position = gatedMetrics.findIndex(({ id }) => id === changed);
  let falseAlarms = 0;
  let found = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const verdicts = verdictsOf(plan, position, trial);
    const unchanged = verdicts.filter((_, index) => planted === 0 || index !== position);
    if (unchanged.some(isChange)) falseAlarms += 1;
    if (verdicts[position] === 'regression') found += 1;
  }
  return { falseAlarms: falseAlarms / trials, found: planted === 0 ? null : found / trials };
};
