/** What the samples of a stranger's k6 script are taken for: it knows no phases and no kinds of requests. */
import type { Sink } from '../collect/collector.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import type { PlanEntry } from '../profile/plan.ts';

const isOfLoad = (series: string): boolean => /^(http_|iteration|dropped_|pgsurge_|checks|vus)/.test(series);

/** All its requests are interactive ones of the only phase. A script of ours, run here, keeps its own kinds. */
export const tagScript = (sink: Sink, { phases }: Pick<PlanEntry, 'phases'>): Sink => {
  const phase = phases[0]?.name ?? 'load';
  const tagged = (series: string, labels: Labels): Labels =>
    isOfLoad(series) ? { kind: 'interactive', ...labels, phase } : labels;
  return {
    nowMs: () => sink.nowMs(),
    sample: (series, labels, value, atMs) => sink.sample(series, tagged(series, labels), value, atMs),
    histogram: (series, labels, histogram, atMs) => sink.histogram(series, tagged(series, labels), histogram, atMs),
    log: (...args) => sink.log(...args),
    source: (...args) => sink.source(...args),
    declare: (...args) => sink.declare?.(...args),
  };
};
