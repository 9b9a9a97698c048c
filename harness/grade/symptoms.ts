import type { SymptomDeclaration } from '../../scenarios/lib/declaration.ts';
import { holds } from '../measure/bounds.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import type { SymptomResult } from '../result.ts';
import { observeQuantile, observeShare } from './figure-symptom.ts';
import { observeSeries } from './series-symptom.ts';
import { serviceStartMs, type JudgedSymptoms, type SymptomObservation } from './symptom-observation.ts';

type Observe = SymptomDeclaration['observe'];

type LogObservation = Extract<Observe, { kind: 'log' }>;

const expectedOfLog = ({ component, contains, withinSeconds, atLeast }: LogObservation): string => {
  const times = (atLeast ?? 1) > 1 ? `, ${atLeast} times` : '';
  const within = withinSeconds == null ? '' : ` within ${withinSeconds} s`;
  return `"${contains}" in the ${component}'s log${times}${within}`;
};

const observeLog = (observe: LogObservation, judged: JudgedSymptoms): SymptomObservation => {
  const { component, contains, withinSeconds } = observe;
  const atLeast = observe.atLeast ?? 1;
  const untilMs = withinSeconds == null ? Infinity : serviceStartMs(judged) + withinSeconds * 1000;
  const wanted = contains.toLowerCase();
  const lines = judged.observations.logLines.filter(
    (line) => line.component === component && line.atMs <= untilMs && line.text.toLowerCase().includes(wanted),
  );
  const unknown = lines.length < atLeast && lostLog(judged.observations, component);
  return {
    observed: unknown ? null : lines.length >= atLeast,
    value: lines.length,
    expected: expectedOfLog(observe),
    evidence: lines.slice(0, 3).map(({ atMs, text }) => ({ atMs, text, source: component })),
  };
};

const lostLog = (observations: Observations, component: string): boolean =>
  observations.sources.some(({ source, ok }) => !ok && source.includes('log') && source.includes(component));

const observeAnswer = (
  id: string,
  observe: Extract<Observe, { kind: 'sql' }>,
  answers: Readonly<Record<string, number | null>>,
): SymptomObservation => {
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
  judged: JudgedSymptoms,
  answers: Readonly<Record<string, number | null>>,
): SymptomObservation => {
  switch (wanted.kind) {
    case 'log':
      return observeLog(wanted, judged);
    case 'series':
      return observeSeries(wanted, judged);
    case 'quantile':
      return observeQuantile(wanted, judged);
    case 'share':
      return observeShare(wanted, judged);
    case 'sql':
      return observeAnswer(id, wanted, answers);
  }
};

export const evaluateSymptoms = (
  declared: readonly SymptomDeclaration[],
  judged: JudgedSymptoms,
  answers: Readonly<Record<string, number | null>>,
): SymptomResult[] =>
  declared.map(({ id, title, tag, observe: wanted }) => ({
    id,
    title,
    tag,
    kind: wanted.kind,
    ...observe(id, wanted, judged, answers),
  }));
