/**
 * Trends of the key figures over all saved runs, and where they changed. Only runs that are like each other make a
 * trend (same profile, stack, Postgres and scenario); what was left out is listed with the reason. Gated figures
 * decide, with one p for all of them together and the smallest changes that compare knows; changes of others are drawn
 * for information, and so is what grows a little with every run.
 */
import type { SavedRun } from '../archive/read-run.ts';
import { entryName, finishedEntries } from './entries.ts';
import { growthP } from './growing.ts';
import { concluded, notesOf, type Conclusion, type ScenarioRuns } from './history-sentence.ts';
import { likeRuns, type HavingRun, type LeftOut } from './like-runs.ts';
import { metricIds } from './metrics.ts';
import { gateP, looksForGates, looksForGrowth, recentRuns, trendOf, type Trend } from './trend.ts';

const historySchema = 'pgsurge.history/1';

export interface HistoryRun {
  name: string;
  id: string;
  startedAt: string;
  commit: string | null;
  verdict: string;
  label: string | null;
}

export interface History extends Conclusion {
  schema: typeof historySchema;
  runs: HistoryRun[];
  trends: Trend[];
  leftOut: LeftOut[];
  /**
   * What the sentence does not cover, each one line: scenarios whose newest run is unlike the others, or that have not
   * run lately.
   */
  notes: string[];
}

const byTime = (a: SavedRun, b: SavedRun): number =>
  a.run.startedAt.localeCompare(b.run.startedAt) || a.run.id.localeCompare(b.run.id);

/** The runs, each once: one that was kept also lies whole among the reports. */
const distinct = (runs: readonly SavedRun[]): SavedRun[] => {
  const known = new Map<string, SavedRun>();
  for (const saved of runs) {
    const before = known.get(saved.run.id);
    if (before === undefined || (saved.run.label ?? null) !== null) known.set(saved.run.id, saved);
  }
  return [...known.values()];
};

/** Variants that are expected to pass, each with the runs that make its trends. */
const scenariosOf = (runs: readonly SavedRun[]): ScenarioRuns[] => {
  const having = new Map<string, HavingRun[]>();
  for (const [position, saved] of runs.entries()) {
    for (const [name, entries] of Map.groupBy(finishedEntries(saved.run, 'head'), entryName))
      having.set(name, [...(having.get(name) ?? []), { saved, position, entries }]);
  }
  return [...having]
    .filter(([, all]) => all.at(-1)!.entries.at(-1)!.expected === 'pass')
    .map(([name, all]) => {
      const like = likeRuns(all);
      return { name, having: all, ...like, entry: like.runs.at(-1)!.entries.at(-1)! };
    });
};

const leftOutOf = (saved: readonly SavedRun[], scenarios: readonly ScenarioRuns[]): LeftOut[] => {
  const unfinished = saved
    .filter(({ run }) => run.state !== 'finished')
    .map(({ name, run }) => ({ name, reason: `it never came to its end (state "${run.state}")` }));
  const all = [...unfinished, ...scenarios.flatMap(({ leftOut }) => leftOut)];
  return [...new Map(all.map((out) => [`${out.name}\0${out.reason}`, out])).values()];
};

/** Places in the history of all runs that make trends. Runs of another kind among them make no change older. */
const countedPositions = (scenarios: readonly ScenarioRuns[]): number[] => {
  const positions = new Set(scenarios.flatMap(({ runs }) => runs.map(({ position }) => position)));
  return [...positions].sort((a, b) => a - b);
};

const trendsOf = (scenarios: readonly ScenarioRuns[], counted: readonly number[]): Trend[] => {
  const wanted = scenarios.flatMap((basis) => metricIds([basis.entry]).map((id) => ({ basis, id })));
  const options = {
    newestFrom: counted.at(-recentRuns) ?? 0,
    maximumP: gateP(wanted.filter(({ basis, id }) => looksForGates(basis, id)).length),
    growthP: growthP(wanted.filter(({ basis, id }) => looksForGrowth(basis, id)).length),
  };
  return wanted.map(({ basis, id }) => trendOf(basis, id, options)).filter(({ points }) => points.length > 0);
};

const historyRun = ({ name, run }: SavedRun): HistoryRun => ({
  name,
  id: run.id,
  startedAt: run.startedAt,
  commit: run.git.commit,
  verdict: run.verdict,
  label: run.label ?? null,
});

/** Any number of saved runs in any order; unfinished ones are left out. Variants that are expected to pass only. */
export const history = (saved: readonly SavedRun[]): History => {
  const runs = distinct(saved.filter(({ run }) => run.state === 'finished')).sort(byTime);
  const scenarios = scenariosOf(runs);
  const counted = countedPositions(scenarios);
  const trends = trendsOf(scenarios, counted);
  return {
    schema: historySchema,
    trends,
    leftOut: leftOutOf(saved, scenarios),
    ...concluded(trends, scenarios),
    notes: notesOf(scenarios, counted),
    runs: runs.map(historyRun),
  };
};
