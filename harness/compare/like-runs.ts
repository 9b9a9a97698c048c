/**
 * A trend needs runs that are like each other. This finds, among a scenario's saved runs, the newest group of like runs
 * that is large enough to look for changes.
 */
import type { SavedRun } from '../archive/read-run.ts';
import { changePointDefaults } from '../measure/statistics/change-points.ts';
import type { ScenarioResult } from '../result.ts';
import { unlikeReasons } from './likeness.ts';

/** A run that has the scenario, with its place in the history. */
export interface HavingRun {
  saved: SavedRun;
  position: number;
  entries: ScenarioResult[];
}

export interface LeftOut {
  name: string;
  reason: string;
}

interface LikeRuns {
  runs: HavingRun[];
  leftOut: LeftOut[];
  /** The newest run of all, where it is not one of `runs`; else null. */
  newerUnlike: LeftOut | null;
}

/**
 * Each group costs a comparison with every run. Where hardly two runs are alike, the search ends after so many groups:
 * without this limit a history of 1,000 unlike runs would make a million comparisons.
 */
const mostGroups = 20;

const unlikeReason = (reference: HavingRun, other: HavingRun): string | undefined => {
  const { name: scenario, variant } = reference.entries[0]!;
  const pair = { scenario, variant, base: reference.entries, head: other.entries };
  return unlikeReasons(reference.saved.run, other.saved.run, [pair])[0];
};

const groupAround = (reference: HavingRun, having: readonly HavingRun[]): LikeRuns => {
  const runs: HavingRun[] = [];
  const leftOut: LeftOut[] = [];
  for (const one of having) {
    const reason = unlikeReason(reference, one);
    if (reason === undefined) runs.push(one);
    else leftOut.push({ name: one.saved.name, reason });
  }
  const hasNewest = having.at(-1) === runs.at(-1);
  return { runs, leftOut, newerUnlike: hasNewest ? null : leftOut.at(-1)! };
};

/**
 * Takes the runs ascending in time, at least one. The first group is the one around the newest run; if it is too small,
 * the next newest run that no group has yet is the centre of the next group, and so on. One odd newest run, as a smoke
 * run by hand, therefore does not hide a long history. Where no group is large enough, the largest one is given.
 */
export const likeRuns = (having: readonly HavingRun[]): LikeRuns => {
  const grouped = new Set<HavingRun>();
  const groups: LikeRuns[] = [];
  for (const reference of having.toReversed()) {
    if (grouped.has(reference) || groups.length >= mostGroups) continue;
    const group = groupAround(reference, having);
    if (group.runs.length >= changePointDefaults.minimumPoints) return group;
    for (const run of group.runs) grouped.add(run);
    groups.push(group);
  }
  return groups.reduce((largest, group) => (group.runs.length > largest.runs.length ? group : largest));
};
