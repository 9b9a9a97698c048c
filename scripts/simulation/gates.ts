/**
 * How often the gates of a comparison are right, over made data with known truth. Seeds fixed: figures repeat to the
 * digit.
 */
import type { ChangeVerdict } from '../../harness/compare/comparison.ts';
import { alarmShares } from '../../harness/compare/alarm-shares.ts';
import { weigh } from '../../harness/compare/criterion-verdicts.ts';
import { decideGates, type GateInput } from '../../harness/compare/gates.ts';
import { gatedMetrics } from '../../harness/compare/metrics.ts';
import { slowEvent, withSlowRepeats } from '../../harness/compare/slow-repeats.ts';
import { unevenChances, type RepeatEvent, type UnevenChance } from '../../harness/compare/uneven-repeats.ts';
import { randomFrom } from '../../harness/measure/statistics/random.ts';
import type { Verdict } from '../../harness/result.ts';
import type { DrawNoise } from './noise.ts';

export interface GateTrials {
  noise: DrawNoise;
  repeats: number;
  /** Share by which one figure of head is worse; 0: nothing changed. */
  planted: number;
  trials: number;
  /** The figure that gets worse, by default a latency. */
  changed?: string;
  /** Its level; by default the usual one. */
  level?: number;
  /** It is worse in so many of head's repeats; by default in all. */
  slowRepeats?: number;
  /** Criteria that fail by chance in this share of the repeats of both sides. */
  unsteady?: { criteria: number; share: number };
}

interface GateSimulation {
  /** Share of trials in which at least one unchanged figure or criterion was called a change. */
  falseAlarms: number;
  /** The same, called a regression: what would have stopped a release. */
  falseRegressions: number;
  /** Share of trials in which the planted change was called a regression; null where none was planted. */
  found: number | null;
}

/** Levels as on a small machine: they matter only beside the absolute minimum of each metric. */
export const usualLevels: Readonly<Record<string, number>> = {
  connectionSecondsPerJob: 0.31,
  queriesPerJob: 40,
  cpuMillisecondsPerJob: 21,
  apiMsP95: 92,
  queryMsP95: 4.1,
  jobMsP95: 2300,
};

const place = { scenario: 'made', variant: 'made' };

const isChange = (verdict: ChangeVerdict): boolean => verdict === 'regression' || verdict === 'improvement';

/** Both sides drawn anew, the change planted at `position`. */
const figuresOf = ({ noise, repeats, planted, slowRepeats, level: own }: GateTrials, position: number): GateInput[] => {
  const base = Array.from({ length: repeats }, noise);
  const head = Array.from({ length: repeats }, noise);
  return gatedMetrics.map((metric, index): GateInput => {
    const level = (index === position ? own : undefined) ?? usualLevels[metric.id]!;
    const factor = (repeat: number): number =>
      index === position && repeat < (slowRepeats ?? repeats) ? 1 + planted : 1;
    return {
      metric,
      base: base.map((row) => level * row[index]!),
      head: head.map((row, repeat) => level * row[index]! * factor(repeat)),
    };
  });
};

const unsteadyEvents = ({ repeats, unsteady }: GateTrials, random: () => number): RepeatEvent[] => {
  const { criteria = 0, share = 0 } = unsteady ?? {};
  const side = (): boolean[] => Array.from({ length: repeats }, () => random() < share);
  return Array.from({ length: criteria }, (_, index) => ({
    ...place,
    id: `criterion-${index}`,
    base: side(),
    head: side(),
  }));
};

const verdictOfCriterion = (event: RepeatEvent, chance: UnevenChance, better: number): ChangeVerdict => {
  const verdicts = (side: 'base' | 'head'): Verdict[] => event[side].map((fails) => (fails ? 'fail' : 'pass'));
  const weighed = weigh(
    { ...place, id: event.id, base: verdicts('base'), head: verdicts('head') },
    { fails: chance, unjudged: { moreInHead: 1, moreInBase: 1 }, better },
  );
  return weighed?.change === 'regression' || weighed?.change === 'improvement' ? weighed.change : 'same';
};

/** One trial: a verdict for each gated metric, then for each unsteady criterion. */
const verdictsOf = (plan: GateTrials, position: number, seed: number): ChangeVerdict[] => {
  const inputs = figuresOf(plan, position);
  const slow = inputs.map((input) => slowEvent({ pair: place, ...input }));
  const criteria = unsteadyEvents(plan, randomFrom(seed + 1));
  const events = [...slow, ...criteria];
  const [chances, shares] = [unevenChances(events), alarmShares(events)];
  const results = decideGates(inputs, { verdictsOnly: true, resamples: 500, seed, shares });
  const figures = results.map(
    (result, index) => withSlowRepeats(result, inputs[index]!, slow[index]!, chances[index]!).verdict,
  );
  const ofCriteria = criteria.map((event, index) =>
    verdictOfCriterion(event, chances[slow.length + index]!, shares.betterCriteria),
  );
  return [...figures, ...ofCriteria];
};

/** Six gates, as one comparison has them, and its criteria. */
export const simulateGates = (plan: GateTrials): GateSimulation => {
  const { planted, trials, changed = 'apiMsP95' } = plan;
  const position = gatedMetrics.findIndex(({ id }) => id === changed);
  let [falseAlarms, falseRegressions, found] = [0, 0, 0];
  for (let trial = 0; trial < trials; trial += 1) {
    const verdicts = verdictsOf(plan, position, trial);
    const unchanged = verdicts.filter((_, index) => planted === 0 || index !== position);
    if (unchanged.some(isChange)) falseAlarms += 1;
    if (unchanged.includes('regression')) falseRegressions += 1;
    if (verdicts[position] === 'regression') found += 1;
  }
  return {
    falseAlarms: falseAlarms / trials,
    falseRegressions: falseRegressions / trials,
    found: planted === 0 ? null : found / trials,
  };
};
