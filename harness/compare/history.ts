/**
 * Trends of the key figures over all saved runs, and where they changed. Only runs that are like each other make a trend
 * (same profile, stack, Postgres and scenario); what was left out is listed with the reason. Gated figures decide, with one
 * p for all of them together and the smallest changes that compare knows; changes of others are drawn for information.
 */
import { formatChange } from '../measure/numbers-in-words.ts';
import { changePointDefaults } from '../measure/statistics/change-points.ts';
import type { ScenarioResult } from '../result.ts';
import { entryName, pairName } from './entries.ts';
import { likeRuns, type HavingRun, type LeftOut } from './like-runs.ts';
import { metricIds } from './metrics.ts';
import type { SavedRun } from '../archive/read-run.ts';
import { gateP, looksForGates, recentRuns, trendOf, type Change, type Trend } from './trend.ts';

export const historySchema = 'pgsurge.history/1';

export interface HistoryRun {
  name: string;
  id: string;
  startedAt: string;
  commit: string | null;
  verdict: string;
  label: string | null;
}

export interface History {
  schema: typeof historySchema;
  runs: HistoryRun[];
  trends: Trend[];
  leftOut: LeftOut[];
  verdict: 'regression' | 'improvement' | 'same' | 'notEnoughData';
  sentence: string;
  /** What the sentence does not cover, each one line: scenarios whose newest run is unlike the others, or that have not run lately. */
  notes: string[];
}

const byTime = (a: SavedRun, b: SavedRun): number =>
  a.run.startedAt.localeCompare(b.run.startedAt) || a.run.id.localeCompare(b.run.id);

/** Once each: a run that was kept also lies whole among the reports. */
const distinct = (runs: readonly SavedRun[]): SavedRun[] => {
  const known = new Map<string, SavedRun>();
  for (const saved of runs) {
    const before = known.get(saved.run.id);
    if (before === undefined || (saved.run.label ?? null) !== null) known.set(saved.run.id, saved);
  }
  return [...known.values()];
};

const entriesOf = ({ run }: SavedRun): ScenarioResult[] =>
  run.scenarios.filter(({ state, release }) => state === 'finished' && (release ?? 'head') === 'head');

interface ScenarioRuns {
  name: string;
  entry: ScenarioResult;
  having: HavingRun[];
  runs: HavingRun[];
  leftOut: LeftOut[];
  newerUnlike: LeftOut | null;
}

/** Variants that are expected to pass, each with the runs that make its trends. */
const scenariosOf = (runs: readonly SavedRun[]): ScenarioRuns[] => {
  const having = new Map<string, HavingRun[]>();
  for (const [position, saved] of runs.entries()) {
    for (const [name, entries] of Map.groupBy(entriesOf(saved), entryName))
      having.set(name, [...(having.get(name) ?? []), { saved, position, entries }]);
  }
  return [...having]
    .filter(([, all]) => all.at(-1)!.entries.at(-1)!.expected === 'pass')
    .map(([name, all]) => {
      const like = likeRuns(all);
      return { name, having: all, ...like, entry: like.runs.at(-1)!.entries.at(-1)! };
    });
};

type News = { trend: Trend; change: Change };

const newsText = ({ trend, change }: News): string =>
  `${pairName(trend)}: ${trend.title} ${change.relative === null ? 'changed' : formatChange(change.relative)} since ${change.run}`;

const listed = (clauses: readonly string[]): string =>
  clauses.slice(0, 2).join('; ') + (clauses.length > 2 ? `; and ${clauses.length - 2} more` : '');

const concluded = (
  trends: readonly Trend[],
  scenarios: readonly ScenarioRuns[],
): Pick<History, 'verdict' | 'sentence'> => {
  const news = trends.flatMap((trend) =>
    trend.changes.filter(({ recent }) => recent).map((change) => ({ trend, change })),
  );
  const told = (kind: Change['verdict']): string[] =>
    news.filter(({ change }) => change.gates && change.verdict === kind).map(newsText);
  const [worse, better] = [told('regression'), told('improvement')];
  const further = news.filter(({ change }) => !change.gates).map(newsText);
  const besides = further.length === 0 ? '' : ` Drawn for information, not gated: ${listed(further)}.`;
  if (worse.length > 0) return { verdict: 'regression', sentence: `Worse: ${listed(worse)}.${besides}` };
  if (better.length > 0)
    return { verdict: 'improvement', sentence: `Better: ${listed(better)}. No gated figure got worse.${besides}` };
  if (trends.every(({ silent }) => silent)) {
    const most = scenarios.reduce(
      (high, { runs, having }) => (runs.length > high.like ? { like: runs.length, of: having.length } : high),
      { like: 0, of: 0 },
    );
    return {
      verdict: 'notEnoughData',
      sentence: `${most.like} like ${most.like === 1 ? 'run' : 'runs'} of ${most.of}: changes are looked for from ${changePointDefaults.minimumPoints} on.`,
    };
  }
  return { verdict: 'same', sentence: `No gated figure changed among the newest ${recentRuns} runs.${besides}` };
};

const noteOf = ({ having, runs, newerUnlike }: ScenarioRuns, counted: readonly number[], silent: boolean): string[] => {
  const last = runs.at(-1)!;
  const missed = counted.filter((position) => position > last.position).length;
  return [
    ...(newerUnlike === null
      ? []
      : [
          `the newest run, ${newerUnlike.name}, is not like the others: ${newerUnlike.reason}; changes are looked for among the ${runs.length} of ${having.length} runs up to ${last.saved.name}`,
        ]),
    ...(newerUnlike === null && missed >= recentRuns
      ? [`has not run since ${last.saved.name}, ${missed} runs ago`]
      : []),
    ...(silent
      ? [
          `${runs.length} like runs of ${having.length}: changes are looked for from ${changePointDefaults.minimumPoints} on`,
        ]
      : []),
  ];
};

/** One line for all scenarios of which the same is to be said. */
const notesOf = (scenarios: readonly ScenarioRuns[], counted: readonly number[]): string[] => {
  const isSilent = ({ runs }: ScenarioRuns): boolean => runs.length < changePointDefaults.minimumPoints;
  const all = scenarios.every(isSilent);
  const notes = scenarios.flatMap((scenario) =>
    noteOf(scenario, counted, !all && isSilent(scenario)).map((text) => ({ name: scenario.name, text })),
  );
  return [...Map.groupBy(notes, ({ text }) => text)].map(
    ([text, same]) => `${same.map(({ name }) => name).join(', ')}: ${text}.`,
  );
};

const leftOutOf = (saved: readonly SavedRun[], scenarios: readonly ScenarioRuns[]): LeftOut[] => {
  const unfinished = saved
    .filter(({ run }) => run.state !== 'finished')
    .map(({ name, run }) => ({ name, reason: `it never came to its end (state "${run.state}")` }));
  const all = [...unfinished, ...scenarios.flatMap(({ leftOut }) => leftOut)];
  return [...new Map(all.map((out) => [`${out.name}\0${out.reason}`, out])).values()];
};

/** Any number of saved runs in any order; unfinished ones are left out. Variants that are expected to pass only. */
export const history = (saved: readonly SavedRun[]): History => {
  const runs = distinct(saved.filter(({ run }) => run.state === 'finished')).sort(byTime);
  const scenarios = scenariosOf(runs);
  // Runs of another kind among them make no change older.
  const counted = [...new Set(scenarios.flatMap((scenario) => scenario.runs.map(({ position }) => position)))].sort(
    (a, b) => a - b,
  );
  const wanted = scenarios.flatMap((basis) => metricIds([basis.entry]).map((id) => ({ basis, id })));
  const options = {
    newestFrom: counted.at(-recentRuns) ?? 0,
    maximumP: gateP(wanted.filter(({ basis, id }) => looksForGates(basis, id)).length),
  };
  const trends = wanted.map(({ basis, id }) => trendOf(basis, id, options));
  return {
    schema: historySchema,
    trends,
    leftOut: leftOutOf(saved, scenarios),
    ...concluded(trends, scenarios),
    notes: notesOf(scenarios, counted),
    runs: runs.map(({ name, run }) => ({
      name,
      id: run.id,
      startedAt: run.startedAt,
      commit: run.git.commit,
      verdict: run.verdict,
      label: run.label ?? null,
    })),
  };
};
