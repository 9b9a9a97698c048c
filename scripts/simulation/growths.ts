/**
 * How often `pgsurge history` says that something grows, night after night, over all that it looks at in a matrix at
 * once, with known truth: nothing grows, or one thing does. Seeds fixed.
 */
import { growthOf, growthP } from '../../harness/compare/growing.ts';
import { changePointDefaults, changePoints } from '../../harness/measure/statistics/change-points.ts';
import { normalFrom, randomFrom } from '../../harness/measure/statistics/random.ts';

export interface GrowthPlan {
  runs: number;
  /** Things that are looked at; the first of them is the one that grows. */
  trends: number;
  cv: number;
  /** How much a night resembles the one before: the correlation of neighbours; 0: not at all. */
  resembles: number;
  /** The first grows by this share of its level each night from `from` on; 0: nothing grows. */
  perNight: number;
  from: number;
}

/** The matrix: four scenarios with twelve things each that should stay. */
export const growthPlan: GrowthPlan = { runs: 60, trends: 48, cv: 0.05, resembles: 0, perNight: 0, from: 25 };

export interface GrowthSimulation {
  /** Nights on which something was said to grow that does not. */
  falseNights: number;
  /** Nights after the last one before the growth at which it was first told; null: never. */
  delay: number | null;
  /** By how many nights the run that it named lies beside that one. */
  beside: number | null;
}

const valuesOf = ({ runs, cv, resembles, from }: GrowthPlan, perNight: number, normal: () => number): number[] => {
  const fresh = Math.sqrt(1 - resembles ** 2);
  let noise = normal();
  return Array.from({ length: runs }, (_, night) => {
    if (night > 0) noise = resembles * noise + fresh * normal();
    return 100 * (1 + perNight * Math.max(0, night - from)) * Math.exp(cv * noise);
  });
};

interface Told {
  night: number;
  since: number;
}

/** Night after night; the least amount is left out, since it would only make false alarms fewer. */
const toldOf = function* (values: readonly number[]): Generator<Told> {
  for (let count = changePointDefaults.minimumPoints; count <= values.length; count += 1) {
    const known = values.slice(0, count);
    const growth = growthOf(known, changePoints(known), { least: 0, maximumP: growthP(growthPlan.trends) });
    if (growth !== null) yield { night: count - 1, since: growth.since };
  }
};

/** What is told of the thing that grows: too early, and then the first time that it is true. */
const toldOfGrowing = (values: readonly number[], from: number): { early: number[]; first: Told | null } => {
  const early: number[] = [];
  for (const told of toldOf(values)) {
    if (told.night > from) return { early, first: told };
    early.push(told.night);
  }
  return { early, first: null };
};

export const simulateGrowths = (seed: number, plan: GrowthPlan): GrowthSimulation => {
  const normal = normalFrom(randomFrom(seed));
  const grows = plan.perNight > 0;
  const growing = grows ? toldOfGrowing(valuesOf(plan, plan.perNight, normal), plan.from) : null;
  const quiet = Array.from({ length: grows ? plan.trends - 1 : plan.trends }, () => valuesOf(plan, 0, normal));
  const nights = quiet.flatMap((values) => [...toldOf(values)].map(({ night }) => night));
  const first = growing?.first ?? null;
  return {
    falseNights: new Set([...nights, ...(growing?.early ?? [])]).size,
    delay: first === null ? null : first.night - plan.from,
    beside: first === null ? null : first.since - plan.from,
  };
};
