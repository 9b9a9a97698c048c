/**
 * Trends of the key figures over all saved runs, and where they changed. Only runs like the newest one make a trend
 * (same profile, stack, Postgres and scenario); what was left out is counted with the reason.
 */
import { sampleStandardDeviation } from 'simple-statistics';
import { changePointDefaults, changePoints, type ChangePoint } from '../measure/statistics/change-points.ts';
import type { Bound, ScenarioResult } from '../result.ts';
import { unlikeReasons } from './likeness.ts';
import { metricIds, metricOf, type Metric } from './metrics.ts';
import type { SavedRun } from './read-run.ts';

export const historySchema = 'pgsurge.history/1';

export interface HistoryRun { name: string; id: string; startedAt: string; commit: string | null; verdict: string; label: string | null }

export interface Change {
  /** Position in the trend's points: the first run after the change. */
  index: number;
  run: string;
  startedAt: string;
  commit: string | null;
  before: number;
  after: number;
  relative: number | null;
  p: number;
  verdict: 'improvement' | 'regression' | 'change';
  /** Among the newest runs: what a nightly must tell. */
  recent: boolean;
}

export interface Trend {
  scenario: string;
  variant: string;
  metric: string;
  title: string;
  unit: string;
  better: Metric['better'];
  /** Ascending in time; `run` is the position in the history's runs. */
  points: { run: number; value: number }[];
  bounds: Bound[];
  /** Standard deviation within the stretches between changes, as a share of the level: the metric's own noise. */
  noise: number | null;
  changes: Change[];
  /** Fewer than ten points: nothing is looked for. */
  silent: boolean;
}

export interface History {
  schema: typeof historySchema;
  runs: HistoryRun[];
  trends: Trend[];
  leftOut: { name: string; reason: string }[];
  verdict: 'regression' | 'improvement' | 'same' | 'notEnoughData';
  sentence: string;
}

/** A change is news for so many runs after it can first be seen, so that a missed night does not hide it. */
const recentRuns = 5;

const byTime = (a: SavedRun, b: SavedRun): number => a.run.startedAt.localeCompare(b.run.startedAt) || a.run.id.localeCompare(b.run.id);

/** Once each: a run that was kept also lies whole among the reports. */
const distinct = (runs: readonly SavedRun[]): SavedRun[] => {
  const known = new Map<string, SavedRun>();
  for (const saved of runs) {
    const before = known.get(saved.run.id);
    if (before === undefined || (saved.run.label ?? null) !== null) known.set(saved.run.id, saved);
  }
  return [...known.values()];
};

const entriesOf = ({ run }: SavedRun): ScenarioResult[] => run.scenarios.filter(({ state, release }) => state === 'finished' && (release ?? 'head') === 'head');

const entryOf = (saved: SavedRun, { name, variant }: ScenarioResult): ScenarioResult[] =>
  entriesOf(saved).filter((entry) => entry.name === name && entry.variant === variant);

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const noiseOf = (values: readonly number[], found: readonly ChangePoint[]): number | null => {
  const borders = [0, ...found.map(({ index }) => index), values.length];
  const shares = borders.slice(1).flatMap((end, position) => {
    const part = values.slice(borders[position], end);
    const mean = part.reduce((total, value) => total + value, 0) / part.length;
    return part.length < 3 || mean === 0 ? [] : [{ weight: part.length - 1, square: (sampleStandardDeviation(part) / mean) ** 2 }];
  });
  const weight = shares.reduce((total, share) => total + share.weight, 0);
  return weight === 0 ? null : Math.sqrt(shares.reduce((total, share) => total + share.weight * share.square, 0) / weight);
};

const changeVerdict = (metric: Metric, { before, after }: ChangePoint): Change['verdict'] =>
  (metric.better === 'none' ? 'change' : (after < before) === (metric.better === 'lower') ? 'improvement' : 'regression');

const trendOf = (newest: ScenarioResult, id: string, runs: readonly SavedRun[]): Trend => {
  const metric = metricOf(id, [newest]);
  const points = runs.flatMap((saved, run) => {
    const values = entryOf(saved, newest).map(({ figures }) => figures[id]).filter((value) => typeof value === 'number');
    return values.length === 0 ? [] : [{ run, value: middle(values) }];
  });
  const values = points.map(({ value }) => value);
  const found = changePoints(values);
  const criterion = newest.criteria.find((candidate) => candidate.id === id || (id === 'apiMsP95' && candidate.id === 'api-p95') || (id === 'queryMsP95' && candidate.id === 'query-p95'));
  return {
    scenario: newest.name, variant: newest.variant, metric: id, title: metric.title, unit: metric.unit, better: metric.better, points,
    bounds: criterion?.verdict === 'notApplicable' ? [] : criterion?.bounds ?? [], noise: noiseOf(values, found), silent: values.length < changePointDefaults.minimumPoints,
    changes: found.map((point) => {
      const { run } = runs[points[point.index]!.run]!;
      return { ...point, run: run.label ?? run.id, startedAt: run.startedAt, commit: run.git.commit, verdict: changeVerdict(metric, point), recent: point.index >= values.length - recentRuns };
    }),
  };
};

/** The scenario's runs that are like its newest one, and why others are not. */
const alike = (newest: SavedRun, entry: ScenarioResult, runs: readonly SavedRun[]): { runs: SavedRun[]; leftOut: History['leftOut'] } => {
  const kept: SavedRun[] = [];
  const leftOut: History['leftOut'] = [];
  for (const saved of runs) {
    const others = entryOf(saved, entry);
    if (others.length === 0) continue;
    const reason = unlikeReasons(newest.run, saved.run, [{ scenario: entry.name, variant: entry.variant, base: [entry], head: others }])[0];
    if (reason === undefined) kept.push(saved);
    else leftOut.push({ name: saved.name, reason });
  }
  return { runs: kept, leftOut };
};

const newestEntries = (runs: readonly SavedRun[]): { saved: SavedRun; entry: ScenarioResult }[] => {
  const found = new Map<string, { saved: SavedRun; entry: ScenarioResult }>();
  for (const saved of runs) for (const entry of entriesOf(saved)) found.set(`${entry.name}\0${entry.variant}`, { saved, entry });
  return [...found.values()].filter(({ entry }) => entry.expected === 'pass');
};

const concluded = (trends: readonly Trend[], runs: number): Pick<History, 'verdict' | 'sentence'> => {
  const news = trends.flatMap((trend) => trend.changes.filter(({ recent }) => recent).map((change) => ({ trend, change })));
  const told = (kind: Change['verdict']): string[] => news.filter(({ change }) => change.verdict === kind)
    .map(({ trend, change }) => `${trend.scenario} (${trend.variant}): ${trend.title} ${change.relative === null ? 'changed' : `${change.relative > 0 ? '+' : '−'}${Math.abs(change.relative * 100).toFixed(0)} %`} since ${change.run}`);
  const [worse, better] = [told('regression'), told('improvement')];
  const listed = (clauses: string[]): string => clauses.slice(0, 2).join('; ') + (clauses.length > 2 ? `; and ${clauses.length - 2} more` : '');
  if (worse.length > 0) return { verdict: 'regression', sentence: `Worse: ${listed(worse)}.` };
  if (better.length > 0) return { verdict: 'improvement', sentence: `Better: ${listed(better)}. Nothing got worse.` };
  if (trends.every(({ silent }) => silent)) return { verdict: 'notEnoughData', sentence: `${runs} like runs: changes are looked for from ${changePointDefaults.minimumPoints} on.` };
  return { verdict: 'same', sentence: `No change among the newest ${recentRuns} runs.` };
};

/** Any number of saved runs in any order; unfinished ones are left out. Variants that are expected to pass only. */
export const history = (saved: readonly SavedRun[]): History => {
  const unfinished = saved.filter(({ run }) => run.state !== 'finished').map(({ name, run }) => ({ name, reason: `it never came to its end (state "${run.state}")` }));
  const runs = distinct(saved.filter(({ run }) => run.state === 'finished')).sort(byTime);
  const leftOut = new Map(unfinished.map((out) => [out.name, out]));
  const positions = new Map(runs.map((run, position) => [run, position]));
  const trends = newestEntries(runs).flatMap(({ saved: newest, entry }) => {
    const like = alike(newest, entry, runs);
    for (const out of like.leftOut) leftOut.set(`${out.name}\0${entry.name}`, { name: out.name, reason: out.reason });
    return metricIds([entry]).map((id) => trendOf(entry, id, like.runs))
      .map((trend) => ({ ...trend, points: trend.points.map(({ run, value }) => ({ run: positions.get(like.runs[run]!)!, value })) }));
  });
  return {
    schema: historySchema, trends, leftOut: [...leftOut.values()], ...concluded(trends, runs.length),
    runs: runs.map(({ name, run }) => ({ name, id: run.id, startedAt: run.startedAt, commit: run.git.commit, verdict: run.verdict, label: run.label ?? null })),
  };
};
