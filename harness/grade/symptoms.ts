import type { SymptomDeclaration } from '../../scenarios/lib/declaration.ts';
import type { Evidence, SymptomResult } from '../result.ts';
import type { Labels, Observations, Series } from '../measure/tracks/observations.ts';
import { holds } from '../measure/bounds.ts';
import { seriesOf } from '../measure/tracks/observations.ts';
import { mergeWindows, samplesWithin, type Window } from '../measure/tracks/windows.ts';
import type { JudgeInput } from './criterion.ts';

type Observe = SymptomDeclaration['observe'];
/** Without steps, as in a run of another's service, times count from the first phase. */
type Judged = Pick<JudgeInput, 'observations' | 'phases'> & Partial<Pick<JudgeInput, 'steps' | 'teardownMs'>>;
interface Seen {
  observed: boolean | null;
  value: number | null;
  expected: string;
  evidence: Evidence[];
}

/**
 * All instances at each instant added up: a figure like "12 waiting" is the service's, not a replica's.
 * What is sampled at one instant counts at once, and nothing before both sides of a difference have spoken.
 */
const summed = (series: readonly Series[], minus: readonly Series[] = []): { tMs: number[]; values: number[] } => {
  const all = [...series, ...minus];
  if (all.length === 1) return { tMs: Array.from(all[0]!.tMs), values: Array.from(all[0]!.values) };
  const events = all
    .flatMap((one, index) => Array.from(one.tMs, (tMs, position) => ({ tMs, index, value: one.values[position]! })))
    .sort((a, b) => a.tMs - b.tMs);
  const current = new Map<number, number>();
  const points: { tMs: number[]; values: number[] } = { tMs: [], values: [] };
  const spoken = { plus: false, minus: minus.length === 0 };
  events.forEach(({ tMs, index, value }, position) => {
    current.set(index, index < series.length ? value : -value);
    spoken[index < series.length ? 'plus' : 'minus'] = true;
    if (!spoken.plus || !spoken.minus || events[position + 1]?.tMs === tMs) return;
    points.tMs.push(tMs);
    points.values.push([...current.values()].reduce((total, one) => total + one, 0));
  });
  return points;
};

const statisticOf = (
  points: { tMs: number[]; values: number[] },
  statistic: Extract<Observe, { kind: 'series' }>['statistic'],
  raw: readonly number[],
): { value: number; atMs: number } => {
  const at = (index: number): { value: number; atMs: number } => ({
    value: points.values[index]!,
    atMs: points.tMs[index]!,
  });
  const last = points.values.length - 1;
  switch (statistic) {
    case 'max':
      return at(points.values.indexOf(Math.max(...points.values)));
    case 'min':
      return at(points.values.indexOf(Math.min(...points.values)));
    case 'first':
      return at(0);
    case 'last':
      return at(last);
    case 'delta':
      return { value: points.values[last]! - points.values[0]!, atMs: points.tMs[last]! };
    case 'sum':
      return { value: raw.reduce((total, value) => total + value, 0), atMs: points.tMs[last]! };
  }
};

/** When the service was started: herds form before the first phase. */
const serviceStartMs = ({ phases, steps }: Judged): number =>
  steps?.find((step) => step.do === 'start')?.atMs ?? phases[0]?.startMs ?? 0;

const windowFor = (observe: Extract<Observe, { kind: 'series' }>, judged: Judged): Window[] => {
  // The least and the last level are the service's at work: when it stops, all goes to nothing.
  const untilMs = ['min', 'last'].includes(observe.statistic) ? (judged.teardownMs ?? Infinity) : Infinity;
  const base =
    observe.phase == null
      ? [{ startMs: -Infinity, endMs: untilMs }]
      : mergeWindows(judged.phases.filter(({ name }) => name === observe.phase));
  const first = base[0];
  if (first === undefined || (observe.withinSeconds == null && observe.fromSeconds == null)) return base;
  const anchorMs = Number.isFinite(first.startMs) ? first.startMs : serviceStartMs(judged);
  return [
    {
      startMs: observe.fromSeconds == null ? first.startMs : anchorMs + observe.fromSeconds * 1000,
      endMs: observe.withinSeconds == null ? base.at(-1)!.endMs : anchorMs + observe.withinSeconds * 1000,
    },
  ];
};

const labelled = (series: string, labels: Labels | null | undefined): string =>
  labels == null || Object.keys(labels).length === 0 ? series : `${series} (${Object.values(labels).join(', ')})`;

const seriesWords = ({ series, labels, minus }: Extract<Observe, { kind: 'series' }>): string =>
  minus == null ? labelled(series, labels) : `${labelled(series, labels)} − ${labelled(minus.series, minus.labels)}`;

/** A group that was never seen is not sampled: from the first sample of its series on it counts as zero. */
const noneYet = (all: readonly Series[]): Series[] => {
  const first = all.reduce((least, { tMs }) => Math.min(least, tMs[0]!), Infinity);
  return all.length === 0
    ? []
    : [{ name: all[0]!.name, labels: {}, tMs: Float64Array.of(first), values: Float64Array.of(0) }];
};

const inSeries = (observe: Extract<Observe, { kind: 'series' }>, judged: Judged): Seen => {
  const name = seriesWords(observe);
  const expected = `${observe.statistic} of ${name} ${observe.comparator} ${observe.value}`;
  const windows = windowFor(observe, judged);
  const within = (series: string, labels: Labels | null | undefined): Series[] =>
    seriesOf(judged.observations, series, labels ?? {})
      .map((one) => ({ ...one, ...samplesWithin(one, windows) }))
      .filter(({ tMs }) => tMs.length > 0)
      .map((one) => ({ ...one, tMs: Float64Array.from(one.tMs), values: Float64Array.from(one.values) }));
  const cut = within(observe.series, observe.labels);
  const minus =
    observe.minus == null
      ? []
      : [...noneYet(within(observe.minus.series, {})), ...within(observe.minus.series, observe.minus.labels)];
  if (observe.minus != null && minus.length === 0) return { observed: null, value: null, expected, evidence: [] };
  // A counter that nothing was added to is never exported: a sum of nothing is zero, any other statistic is unknown.
  if (cut.length === 0) {
    const zero = observe.statistic === 'sum' && judged.observations.sources.every(({ ok }) => ok);
    return zero
      ? { observed: holds(0, observe), value: 0, expected, evidence: [] }
      : { observed: null, value: null, expected, evidence: [] };
  }
  const { value, atMs } = statisticOf(
    summed(cut, minus),
    observe.statistic,
    cut.flatMap(({ values }) => Array.from(values)),
  );
  return {
    observed: holds(value, observe),
    value,
    expected,
    evidence: [{ atMs, text: `${name} = ${value}`, source: observe.series }],
  };
};

const inLog = (observe: Extract<Observe, { kind: 'log' }>, judged: Judged): Seen => {
  const { observations } = judged;
  const atLeast = observe.atLeast ?? 1;
  const untilMs = observe.withinSeconds == null ? Infinity : serviceStartMs(judged) + observe.withinSeconds * 1000;
  const lines = observations.logLines.filter(
    ({ component, text, atMs }) =>
      component === observe.component && atMs <= untilMs && text.toLowerCase().includes(observe.contains.toLowerCase()),
  );
  const unknown = lines.length < atLeast && lostLog(observations, observe.component);
  const times = atLeast > 1 ? `, ${atLeast} times` : '';
  const within = observe.withinSeconds == null ? '' : ` within ${observe.withinSeconds} s`;
  return {
    observed: unknown ? null : lines.length >= atLeast,
    value: lines.length,
    expected: `"${observe.contains}" in the ${observe.component}'s log${times}${within}`,
    evidence: lines.slice(0, 3).map(({ atMs, text, component }) => ({ atMs, text, source: component })),
  };
};

const lostLog = (observations: Observations, component: string): boolean =>
  observations.sources.some(({ source, ok }) => !ok && source.includes('log') && source.includes(component));

const inAnswer = (
  id: string,
  observe: Extract<Observe, { kind: 'sql' }>,
  answers: Readonly<Record<string, number | null>>,
): Seen => {
  const value = answers[id] ?? null;
  const expected = `answer ${observe.comparator} ${observe.value}`;
  return {
    observed: value === null ? null : holds(value, observe),
    value,
    expected,
    evidence: value === null ? [] : [{ text: `${observe.query} → ${value}`, source: 'sql' }],
  };
};

/** Looks for one declared observation. `observed` is null where the source was lost or never asked. */
export const observe = (
  id: string,
  wanted: Observe,
  judged: Judged,
  answers: Readonly<Record<string, number | null>>,
): Seen => {
  if (wanted.kind === 'log') return inLog(wanted, judged);
  return wanted.kind === 'series' ? inSeries(wanted, judged) : inAnswer(id, wanted, answers);
};

export const evaluateSymptoms = (
  declared: readonly SymptomDeclaration[],
  judged: Judged,
  answers: Readonly<Record<string, number | null>>,
): SymptomResult[] =>
  declared.map(({ id, title, tag, observe: wanted }) => ({
    id,
    title,
    tag,
    kind: wanted.kind,
    ...observe(id, wanted, judged, answers),
  }));
