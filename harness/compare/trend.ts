/**
 * One figure over like runs: its points, its own noise, where it changed, which of the changes may gate, and whether it
 * grows with every run.
 */
import { mean, median, sampleStandardDeviation } from 'simple-statistics';
import { changePointDefaults, changePoints, type ChangePoint } from '../measure/statistics/change-points.ts';
import type { Bound, ScenarioResult } from '../result.ts';
import { figureOf } from '../measure/figures.ts';
import { changeDirection } from './direction.ts';
import { isLargeEnough } from './gates.ts';
import { growthOf, type Growth } from './growing.ts';
import type { HavingRun } from './like-runs.ts';
import { criterionOf, isGated, metricOf, type Metric } from './metrics.ts';

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
  /** Strong and large enough for an exit code; else it is drawn for information. */
  gates: boolean;
  /** It could first be seen with one of the newest runs: what a nightly must tell. */
  recent: boolean;
}

export interface TrendGrowth extends Growth {
  /** The last run on the level before, the first one that told it, and the first since then that failed. */
  sinceRun: string;
  toldRun: string;
  failedRun: string | null;
  /** How many runs before that failure it was first told; null: none has failed. */
  runsAhead: number | null;
}

export interface Trend {
  scenario: string;
  variant: string;
  metric: string;
  title: string;
  unit: string;
  better: Metric['better'];
  gated: boolean;
  /** Ascending in time; `run` is the position in the history's runs. */
  points: { run: number; value: number }[];
  bounds: Bound[];
  /** Standard deviation within the stretches between changes, as a share of the level: the figure's own noise. */
  noise: number | null;
  /** Those within its growth are not among them: that is told once. */
  changes: Change[];
  /** Only of what should stay, only while it goes on, and only if one of the newest runs measured it. */
  growth: TrendGrowth | null;
  /** Fewer than ten points: nothing is looked for. */
  silent: boolean;
}

/** A change is news for so many runs after it could first be seen, so that a missed night does not hide it. */
export const recentRuns = 5;

/**
 * The largest p of a change that gates: each night looks at every gated trend, so they share the p of one. It keeps a
 * matrix's 60 nights at less than one false exit (`node scripts/simulate-comparisons.ts`).
 */
export const gateP = (gatedTrends: number): number => changePointDefaults.maximumP / Math.max(1, gatedTrends);

/** With more runs a change's place may move by this much. */
const nearby = changePointDefaults.minimumSegment;

type Judge = (point: ChangePoint) => boolean;

type Known = (runs: number) => ChangePoint[];

/** Change points after so many of the runs, each looked for once. */
const knownAfter = (values: readonly number[]): Known => {
  const found = new Map<number, ChangePoint[]>();
  return (runs) => {
    if (!found.has(runs)) found.set(runs, changePoints(values.slice(0, runs)));
    return found.get(runs)!;
  };
};

/** Whether the change stood before the newest runs came: most often just before, else after any fewer. */
const stoodBefore = (newest: number, point: ChangePoint, known: Known, stands: Judge): boolean => {
  const isSame = (found: ChangePoint): boolean =>
    Math.abs(found.index - point.index) <= nearby && found.after > found.before === point.after > point.before;
  for (let runs = newest; runs >= Math.max(point.index, changePointDefaults.minimumPoints); runs -= 1) {
    if (known(runs).some((found) => isSame(found) && stands(found))) return true;
  }
  return false;
};

export type JudgedChange = ChangePoint & Pick<Change, 'gates' | 'verdict' | 'recent'>;

const changeVerdict = (metric: Metric, { before, after }: ChangePoint): Change['verdict'] =>
  changeDirection(metric.better, after - before) ?? 'change';

/**
 * `maximumP`: of a change that gates; null for a figure that does not. `newest`: position of the first of the newest
 * runs.
 */
export const judgedChanges = (
  values: readonly number[],
  metric: Metric,
  maximumP: number | null,
  newest: number,
): JudgedChange[] => {
  const doesGate: Judge = ({ p, before, after, relative }) =>
    maximumP !== null && p <= maximumP && isLargeEnough(metric, after - before, relative);
  const known = knownAfter(values);
  return known(values.length).map((point) => {
    const gates = doesGate(point);
    return {
      ...point,
      gates,
      verdict: changeVerdict(metric, point),
      recent: !stoodBefore(newest, point, known, gates ? doesGate : () => true),
    };
  });
};

/** The noise within the stretches between changes, each weighted by its values; fewer than three tell nothing. */
const noiseOf = (values: readonly number[], found: readonly ChangePoint[]): number | null => {
  const borders = [0, ...found.map(({ index }) => index), values.length];
  const stretches = borders
    .slice(1)
    .map((end, position) => values.slice(borders[position], end))
    .filter((stretch) => stretch.length >= 3 && mean(stretch) !== 0)
    .map((stretch) => ({
      weight: stretch.length - 1,
      square: (sampleStandardDeviation(stretch) / mean(stretch)) ** 2,
    }));
  const weight = stretches.reduce((total, stretch) => total + stretch.weight, 0);
  if (weight === 0) return null;
  return Math.sqrt(stretches.reduce((total, stretch) => total + stretch.weight * stretch.square, 0) / weight);
};

/** Of what grows: its noise on the levels before that. */
const noiseBefore = (values: readonly number[], found: readonly ChangePoint[], since: number): number | null =>
  noiseOf(
    values.slice(0, since + 1),
    found.filter(({ index }) => index <= since),
  );

/** A scenario's runs that make one trend: like each other, ascending, with their places in the history. */
export interface Basis {
  entry: ScenarioResult;
  runs: HavingRun[];
}

const pointsOf = ({ runs }: Basis, id: string): Trend['points'] =>
  runs.flatMap(({ position, entries }) => {
    const values = entries.map(({ figures }) => figures[id]).filter((value) => typeof value === 'number');
    return values.length === 0 ? [] : [{ run: position, value: median(values) }];
  });

const boundsOf = (id: string, entry: ScenarioResult): Bound[] => {
  const source = criterionOf(id);
  const criterion = entry.criteria.find((candidate) => candidate.id === source.id);
  return criterion === undefined || criterion.verdict === 'notApplicable'
    ? []
    : criterion.bounds.map((bound) => ({ ...bound, value: bound.value * source.scale }));
};

/** Whether this trend takes part in the gates: a gated figure with points enough to look for changes. */
export const looksForGates = (basis: Basis, id: string): boolean =>
  isGated(id) && pointsOf(basis, id).length >= changePointDefaults.minimumPoints;

/** Whether this trend is looked at for growth. */
export const looksForGrowth = (basis: Basis, id: string): boolean =>
  figureOf(id)?.growsBy !== undefined && pointsOf(basis, id).length >= changePointDefaults.minimumPoints;

const runAt = ({ runs }: Basis, { run: position }: Trend['points'][number]): HavingRun =>
  runs.find((one) => one.position === position)!;

const nameOf = ({ saved: { run } }: HavingRun): string => run.label ?? run.id;

const changesOf = (found: readonly JudgedChange[], points: Trend['points'], basis: Basis): Change[] =>
  found.map((change) => {
    const having = runAt(basis, points[change.index]!);
    const { startedAt, git } = having.saved.run;
    return { ...change, run: nameOf(having), startedAt, commit: git.commit };
  });

const hasFailed = ({ entries }: HavingRun): boolean => entries.some(({ verdict }) => verdict === 'fail');

const describedGrowth = (growth: Growth, points: Trend['points'], basis: Basis): TrendGrowth => {
  const runs = points.map((point) => runAt(basis, point));
  const failed = runs.findIndex((run, index) => index > growth.since && hasFailed(run));
  return {
    ...growth,
    sinceRun: nameOf(runs[growth.since]!),
    toldRun: nameOf(runs[growth.told]!),
    failedRun: failed === -1 ? null : nameOf(runs[failed]!),
    runsAhead: failed === -1 ? null : failed - growth.told,
  };
};

export interface TrendOptions {
  /** Place in the history from which on a run is one of the newest. */
  newestFrom: number;
  /** The largest p of a change that gates, and of a growth. */
  maximumP: number;
  growthP: number;
}

const isStepOf =
  (growth: Growth | null) =>
  ({ index, before, after }: ChangePoint): boolean =>
    growth !== null && index > growth.since && after > before;

export const trendOf = (basis: Basis, id: string, { newestFrom, maximumP, growthP }: TrendOptions): Trend => {
  const metric = metricOf(id, [basis.entry]);
  const gated = isGated(id);
  const points = pointsOf(basis, id);
  const values = points.map(({ value }) => value);
  const older = points.filter(({ run }) => run < newestFrom).length;
  const found = judgedChanges(values, metric, gated ? maximumP : null, older);
  const least = older < points.length ? figureOf(id)?.growsBy : undefined;
  const growth = least === undefined ? null : growthOf(values, found, { least, maximumP: growthP });
  return {
    scenario: basis.entry.name,
    variant: basis.entry.variant,
    metric: id,
    title: metric.title,
    unit: metric.unit,
    better: metric.better,
    gated,
    points,
    bounds: boundsOf(id, basis.entry),
    noise: growth === null ? noiseOf(values, found) : noiseBefore(values, found, growth.since),
    silent: values.length < changePointDefaults.minimumPoints,
    changes: changesOf(
      found.filter((change) => !isStepOf(growth)(change)),
      points,
      basis,
    ),
    growth: growth === null ? null : describedGrowth(growth, points, basis),
  };
};
