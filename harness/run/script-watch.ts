/** A stranger's k6 script while it runs: what its series are taken for, and when its load really began and ended. */
import type { Sink } from '../collect/collector.ts';
import { openOwnSeries, openScriptSeries, type Relabel, type ScriptSeries } from '../collect/script-series.ts';
import { exportEveryMs } from '../measure/k6-exports.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import { listScenarioFiles, type PlanEntry } from '../profile/plan.ts';
import type { PhaseResult } from '../result.ts';

export interface ScriptWatch {
  relabel: Relabel;
  sink: Sink;
  /** The phase as it was: without `setup`, `teardown` and the grace of the last iterations. */
  phaseAsSeen(phase: PhaseResult, nowMs: number): PhaseResult;
  /** Says which names of its requests are counted together. */
  tell(): void;
}

interface Span {
  firstMs: number;
  lastMs: number;
}

/** Users that run, and what they did: both are of the load, `setup` and `teardown` have neither. */
const isOfLoad = (series: string, labels: Labels, phase: string): boolean =>
  ['vus', 'http_reqs', 'iterations'].includes(series) && labels['phase'] === phase;

const watchSpan = (sink: Sink, phase: string): { sink: Sink; span(): Span | null } => {
  let span: Span | null = null;
  return {
    sink: {
      ...sink,
      sample: (series, labels, value, atMs = sink.nowMs()) => {
        if (value > 0 && isOfLoad(series, labels, phase))
          span = { firstMs: Math.min(span?.firstMs ?? atMs, atMs), lastMs: Math.max(span?.lastMs ?? atMs, atMs) };
        sink.sample(series, labels, value, atMs);
      },
    },
    span: () => span,
  };
};

/**
 * Counted iterations end when they are done, so their declared length is only a limit. Behind the declared end there is
 * only the grace of the iterations that still run.
 */
const asSeen = (phase: PhaseResult, span: Span | null, nowMs: number): PhaseResult => {
  if (span === null) return { ...phase, endMs: nowMs };
  const startMs = Math.max(phase.startMs, span.firstMs - exportEveryMs);
  return { ...phase, startMs, endMs: Math.min(span.lastMs, startMs + exportEveryMs + phase.fullSeconds * 1000) };
};

/** The rows of a journey have phases by the clock: of one that ended early the later ones were not. */
const asFarAsRun = (phase: PhaseResult, nowMs: number): PhaseResult => {
  const startMs = Math.min(phase.startMs, nowMs);
  return { ...phase, startMs, endMs: Math.min(phase.endMs, nowMs) };
};

const seriesOf = (file: string, phase: string, isRow: boolean): ScriptSeries => {
  if (isRow) return openScriptSeries(null);
  const isOurs = listScenarioFiles().some((ours) => ours.file === file);
  return isOurs ? openOwnSeries(phase) : openScriptSeries(phase);
};

export const watchScript = (
  store: Sink,
  { phases, file, declaration }: Pick<PlanEntry, 'phases' | 'file' | 'declaration'>,
): ScriptWatch => {
  const phase = phases[0]?.name ?? 'load';
  const isRow = declaration.script?.row != null;
  const series = seriesOf(file, phase, isRow);
  const { sink, span } = watchSpan(store, phase);
  return {
    relabel: series.relabel,
    sink,
    phaseAsSeen: (planned, nowMs) => (isRow ? asFarAsRun(planned, nowMs) : asSeen(planned, span(), nowMs)),
    tell: () => {
      if (series.tooMany !== null) store.source('request-names', true, series.tooMany);
    },
  };
};
