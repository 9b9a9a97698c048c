/** The rows of the matrix as one answer: which limit comes first as the load grows, and at how many times the load. */
import type { GrowthAnswer, GrowthLimit, GrowthRow } from '../../growth.ts';
import type { WeightedPoint } from '../../measure/statistics/line.ts';
import { baselineId, type RunResult, type ScenarioResult } from '../../result.ts';
import { limitOf, metLoadOf, type RowPoints } from './limit.ts';
import type { GrowthMeasure } from './measure.ts';
import { growthMeasureOf, growthMeasures } from './measures.ts';
import { sentenceOf } from './sentence.ts';

type Row = Pick<ScenarioResult, 'name' | 'phases'> & { growth: GrowthRow };

const steadyJobs = ({ stretches }: GrowthRow): number[] =>
  stretches.filter(({ kind }) => kind === 'steady').map(({ activeJobs }) => activeJobs);

const meanJobs = (row: GrowthRow): number => {
  const jobs = steadyJobs(row);
  return jobs.reduce((total, one) => total + one, 0) / jobs.length;
};

const pointsOf = ({ growth }: Row, id: string): WeightedPoint[] =>
  growth.stretches.flatMap(({ kind, activeJobs, seconds }, index) => {
    const y = growth.measures[id]?.values[index] ?? null;
    return kind === 'steady' && y !== null ? [{ x: activeJobs, y, weight: seconds }] : [];
  });

/** Lightest first; rows of one load (repeats) stand beside each other. */
const rowsFor = (rows: readonly Row[], { id, standsBusyHost }: GrowthMeasure): RowPoints[] =>
  rows
    .filter(({ growth }) => growth.unusable === null || standsBusyHost === true)
    .map((row) => ({ name: row.name, activeJobs: meanJobs(row.growth), points: pointsOf(row, id) }))
    .sort((a, b) => a.activeJobs - b.activeJobs);

/** What was reported in all rows alike; null where rows differ, for then there is no one limit. */
const limitIn = (rows: readonly Row[], id: string): number | null => {
  const limits = new Set(rows.map(({ growth }) => growth.measures[id]?.limit ?? null));
  return limits.size === 1 ? [...limits][0]! : null;
};

/** Seen in one row and not in the row before, and no line says where between them: the other's place may be its own. */
const mayBeAt = ({ state, line, low, high }: GrowthLimit, { factor }: GrowthLimit): boolean =>
  state === 'met' && line === null && low !== null && low <= factor! && factor! <= high!;

/** Of two that are met in the same row, or of which one may be where the other is, the one nearer to the root. */
const before = (a: GrowthLimit, b: GrowthLimit): number => {
  const sameRow = a.state === 'met' && b.state === 'met' && a.high === b.high && a.low === b.low;
  if (sameRow || mayBeAt(a, b) || mayBeAt(b, a)) return causeOf(a) - causeOf(b);
  return a.factor! - b.factor! || causeOf(a) - causeOf(b);
};

const causeOf = ({ id }: GrowthLimit): number => growthMeasureOf(id)!.causeRank;

const firstOf = (limits: readonly GrowthLimit[]): GrowthLimit | null =>
  limits.filter(({ factor }) => factor !== null).sort(before)[0] ?? null;

/** Rows that are measured to their end and say something of the service: of this release, not of one beside it. */
const rowsOf = ({ scenarios }: Pick<RunResult, 'scenarios'>): Row[] =>
  scenarios.flatMap(({ name, phases, group, state, release, growth, lost }) =>
    group === 'matrix' && state === 'finished' && release !== 'base' && lost !== true && growth != null
      ? [{ name, phases, growth }]
      : [],
  );

const hasSteady = ({ growth }: Row): boolean => steadyJobs(growth).length > 0;

const baseJobsOf = (rows: readonly Row[]): number | null => {
  const baselines = rows.filter(({ name }) => name === baselineId);
  const steady = baselines.flatMap(({ phases }) => phases.filter(({ kind }) => kind === 'steady'));
  const jobs = steady.flatMap(({ activeJobs }) => activeJobs);
  return jobs.length === 0 ? null : Math.max(...jobs);
};

/** What it cannot exceed, by all rows; null where that is not known. */
const mostIn = (rows: readonly Row[], id: string): number | null => {
  const most = rows.map(({ growth }) => growth.measures[id]?.most ?? null);
  return most.includes(null) || most.length === 0 ? null : Math.max(...(most as number[]));
};

const limitsOf = (rows: readonly Row[], baseJobs: number): GrowthLimit[] => {
  const inputOf = (measure: GrowthMeasure) => ({
    measure,
    limit: limitIn(rows, measure.id),
    most: mostIn(rows, measure.id),
    rows: rowsFor(rows, measure),
  });
  const bends = growthMeasures.filter(({ stopsGrowth }) => stopsGrowth === true).map((one) => metLoadOf(inputOf(one)));
  const bendsAtJobs = Math.min(Infinity, ...bends);
  return growthMeasures
    .map((measure) => limitOf({ ...inputOf(measure), bendsAtJobs, baseJobs }))
    .filter((limit) => limit !== null);
};

/** Null where the run has no baseline and no second load beside it: then there is no growth to speak of. */
export const growthAnswerOf = (run: Pick<RunResult, 'scenarios' | 'growth'>): GrowthAnswer | null => {
  const rows = rowsOf(run).filter(hasSteady);
  const baseJobs = baseJobsOf(rows);
  if (baseJobs === null || new Set(rows.map(({ name }) => name)).size < 2) return null;
  const unusable = rows.filter(({ growth }) => growth.unusable !== null);
  const limits = limitsOf(rows, baseJobs);
  const first = firstOf(limits);
  const excuses = unusable.map(({ name, growth }) => ({ name, reason: growth.unusable! }));
  const sentence = sentenceOf(first, limits, excuses, baseJobs);
  return {
    sentence,
    baseJobs,
    first: first?.id ?? null,
    limits,
    // What was tried of an answer holds for that answer alone.
    checked: run.growth?.sentence === sentence ? run.growth.checked : 'not checked here',
  };
};
