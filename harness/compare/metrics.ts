/** What a comparison knows of each figure: what it is, and from where on a change counts. */
import { betterSide } from '../measure/bounds.ts';
import { figureOf, type Figure, type FigureId } from '../measure/figures.ts';
import type { ScenarioResult } from '../result.ts';

export interface Metric extends Pick<Figure, 'id' | 'title' | 'unit' | 'better'> {
  /** A smaller change is not called one: as a share of base, and in the metric's unit. */
  minimumChange: number;
  minimumDifference: number;
  /** Roll-up track that shows it over time, for paired blocks. */
  track: string | null;
}

type Threshold = Pick<Metric, 'minimumChange' | 'minimumDifference' | 'track'>;

/** The words of an id, for a figure that this release does not know. */
const wordsOf = (id: string): string =>
  id
    .replaceAll('-', ' ')
    .replaceAll(/([a-z0-9])([A-Z])/g, (_, before: string, letter: string) => `${before} ${letter.toLowerCase()}`);

/** What is said of a figure: a comparison is saved, and needs no more of it. */
const described = (id: string): Pick<Figure, 'id' | 'title' | 'unit' | 'better'> => {
  const { title, unit, better } = figureOf(id) ?? { title: wordsOf(id), unit: '1', better: 'none' };
  return { id, title, unit, better };
};

const gate = (id: FigureId, minimumChange: number, minimumDifference: number, track: string | null): Metric => ({
  ...described(id),
  minimumChange,
  minimumDifference,
  track,
});

/**
 * The gates, quiet ones first: work per job is counted and varies little, latencies vary most. At most six.
 * Minimum changes are ours: 5 % (2 % of queries, which are counted), and no latency change that nobody would feel.
 */
export const gatedMetrics: readonly Metric[] = [
  gate('connectionSecondsPerJob', 0.05, 0.0005, null),
  gate('queriesPerJob', 0.02, 0.05, null),
  gate('cpuMillisecondsPerJob', 0.05, 0.1, 'cpu.service'),
  gate('apiMsP95', 0.05, 1, 'latency.p95'),
  gate('queryMsP95', 0.05, 0.1, 'time.database'),
  gate('jobMsP95', 0.05, 20, 'jobs.done'),
];

/** A figure that does not gate is worth a look from a tenth on. */
const ungated: Threshold = { minimumChange: 0.1, minimumDifference: 0, track: null };

export const isGated = (id: string): boolean => gatedMetrics.some((metric) => metric.id === id);

/** Early runs kept figures under the ids of their criteria: then the side of its bound is the better one. */
const fromCriterion = (id: string, entries: readonly ScenarioResult[]): Metric | null => {
  const criterion = entries.flatMap(({ criteria }) => criteria).find((candidate) => candidate.id === id);
  if (criterion === undefined) return null;
  return {
    id,
    title: criterion.title,
    unit: criterion.unit,
    better: betterSide(criterion.bounds[0]?.comparator ?? '='),
    ...ungated,
    track: id === 'api-p95' ? 'latency.p95' : null,
  };
};

/** The criterion that judges a figure too, with what makes the criterion's unit the figure's. */
export const criterionOf = (figure: string): { id: string; scale: number } => {
  const { criterion: id, scale } = figureOf(figure)?.judgedBy ?? { criterion: figure, scale: 1 };
  return { id, scale };
};

/** Gated metrics first, then those of criteria, then the rest by their names. */
export const metricOf = (id: string, entries: readonly ScenarioResult[]): Metric => {
  const known = gatedMetrics.find((metric) => metric.id === id) ?? fromCriterion(id, entries);
  if (known !== null) return known;
  return { ...described(id), ...ungated };
};

/** Ids of all figures of these entries, gates first in their order. */
export const metricIds = (entries: readonly ScenarioResult[]): string[] => {
  const ids = new Set(entries.flatMap(({ figures }) => Object.keys(figures)));
  const gates = gatedMetrics.map(({ id }) => id).filter((id) => ids.has(id));
  return [...gates, ...[...ids].filter((id) => !gates.includes(id)).sort()];
};
