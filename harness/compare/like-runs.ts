/** Of a scenario's saved runs, those that are like each other: the newest such group that is large enough to look for changes. */
import { changePointDefaults } from '../measure/statistics/change-points.ts';
import type { ScenarioResult } from '../result.ts';
import { unlikeReasons } from './likeness.ts';
import type { SavedRun } from '../archive/read-run.ts';

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
  /** The newest of those left out, where it is newer than the group. */ newerUnlike: LeftOut | null;
}

/** A history of runs of which hardly two are alike is looked at in so many ways only. */
const mostGroups = 20;

const unlike = (reference: HavingRun, other: HavingRun): string | undefined => {
  const { name: scenario, variant } = reference.entries[0]!;
  return unlikeReasons(reference.saved.run, other.saved.run, [
    { scenario, variant, base: reference.entries, head: other.entries },
  ])[0];
};

const groupAround = (reference: HavingRun, having: readonly HavingRun[]): LikeRuns => {
  const runs: HavingRun[] = [];
  const leftOut: LeftOut[] = [];
  for (const one of having) {
    const reason = unlike(reference, one);
    if (reason === undefined) runs.push(one);
    else leftOut.push({ name: one.saved.name, reason });
  }
  const isNewest = having.at(-1) === runs.at(-1);
  return { runs, leftOut, newerUnlike: isNewest ? null : leftOut.at(-1)! };
};

/** `having`: ascending in time, at least one. Where no group is large enough, the largest. One odd newest run so blinds nothing. */
export const likeRuns = (having: readonly HavingRun[]): LikeRuns => {
  const known = new Set<HavingRun>();
  const groups: LikeRuns[] = [];
  for (const reference of having.toReversed()) {
    if (known.has(reference) || groups.length >= mostGroups) continue;
    const group = groupAround(reference, having);
    if (group.runs.length >= changePointDefaults.minimumPoints) return group;
    for (const run of group.runs) known.add(run);
    groups.push(group);
  }
  return groups.reduce((largest, group) => (group.runs.length > largest.runs.length ? group : largest));
};
