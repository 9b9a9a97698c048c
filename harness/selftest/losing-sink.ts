/** Samples that get lost on their way, for defects of the harness itself. */
import type { Sink } from '../collect/collector.ts';
import type { Labels } from '../measure/tracks/observations.ts';

/** Without the samples that `isLost` names; sources go on saying that they are well. */
export const losing =
  (isLost: (series: string, labels: Labels, atMs: number) => boolean) =>
  (sink: Sink): Sink => ({
    ...sink,
    nowMs: () => sink.nowMs(),
    sample: (series, labels, value, atMs) => {
      if (!isLost(series, labels, atMs ?? sink.nowMs())) sink.sample(series, labels, value, atMs);
    },
    histogram: (series, labels, histogram, atMs) => {
      if (!isLost(series, labels, atMs ?? sink.nowMs())) sink.histogram(series, labels, histogram, atMs);
    },
  });

/** Which phase the load is in, by what k6 says of its requests. */
export const phaseWatch = (): { see(series: string, labels: Labels): void; now(): string } => {
  let phase = '';
  return {
    see: (series, labels) => {
      if (series === 'http_reqs') phase = labels['phase'] ?? phase;
    },
    now: () => phase,
  };
};
