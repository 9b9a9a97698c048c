/** A symptom or claim that is one figure of the whole: a quantile of a histogram, or a share of two counts. */
import type { SymptomDeclaration } from '../../scenarios/lib/declaration.ts';
import { holds } from '../measure/bounds.ts';
import { finePile } from '../measure/histograms/fine-quantile.ts';
import { histogramsOf, seriesOf, type Labels } from '../measure/tracks/observations.ts';
import { isWithin, totalOf, type Window } from '../measure/tracks/windows.ts';
import type { JudgedSymptoms, SymptomObservation } from './symptom-observation.ts';

type Observe = SymptomDeclaration['observe'];
type Quantile = Extract<Observe, { kind: 'quantile' }>;
type Share = Extract<Observe, { kind: 'share' }>;
interface Named {
  series: string;
  labels?: Record<string, string> | null;
}

const nameOf = ({ series, labels }: Named): string => {
  const values = Object.values(labels ?? {});
  return values.length === 0 ? series : `${series} (${values.join(', ')})`;
};

/** Fewer than this say nothing of a percentile (docs/criteria.md). */
const fewestForQuantile = 20;

const windowsOf = ({ phase }: { phase?: string | null }, { phases }: JudgedSymptoms): Window[] | null =>
  phase == null ? null : phases.filter(({ name }) => name === phase);

/** Null where nothing was seen, or too little for a quantile. */
const figure = (
  value: number | null,
  observe: Quantile | Share,
  expected: string,
  count: number,
): SymptomObservation => {
  if (value === null) return { observed: null, value: null, expected, evidence: [] };
  const text = `${nameOf(observe)}: ${value} of ${count} observations`;
  return { observed: holds(value, observe), value, expected, evidence: [{ text, source: observe.series }] };
};

export const observeQuantile = (observe: Quantile, judged: JudgedSymptoms): SymptomObservation => {
  const windows = windowsOf(observe, judged);
  const histograms = histogramsOf(judged.observations, observe.series, (observe.labels ?? {}) as Labels).flatMap(
    ({ tMs, histograms: own }) => own.filter((_, index) => windows === null || isWithin(tMs[index]!, windows)),
  );
  const pile = finePile(histograms);
  const value = pile.count < fewestForQuantile ? null : pile.quantile(observe.share);
  const share = `p${Math.round(observe.share * 1000) / 10}`;
  return figure(value, observe, `${share} of ${nameOf(observe)} ${observe.comparator} ${observe.value}`, pile.count);
};

const countOf = ({ series, labels }: Named, observe: Share, judged: JudgedSymptoms): number =>
  totalOf(seriesOf(judged.observations, series, (labels ?? {}) as Labels), windowsOf(observe, judged));

export const observeShare = (observe: Share, judged: JudgedSymptoms): SymptomObservation => {
  const all = countOf(observe.of, observe, judged);
  const value = all === 0 ? null : countOf(observe, observe, judged) / all;
  const expected = `${nameOf(observe)} of ${nameOf(observe.of)} ${observe.comparator} ${observe.value}`;
  return figure(value, observe, expected, all);
};
