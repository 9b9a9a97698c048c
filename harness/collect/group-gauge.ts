import type { Sink } from './collector.ts';
import type { Labels } from '../measure/tracks/observations.ts';

/** A count per group: a group that is gone now is zero now, rather than what it last was. Beyond `most` groups, all others count as one. */
export const groupGauge = (
  sink: Sink,
  series: string,
  most = 200,
): ((atMs: number, groups: readonly { labels: Labels; value: number }[]) => void) => {
  const known = new Map<string, Labels>();
  return (atMs, groups) => {
    const now = new Map<string, number>();
    for (const { labels, value } of groups) {
      const kept =
        known.has(JSON.stringify(labels)) || known.size < most
          ? labels
          : Object.fromEntries(Object.keys(labels).map((name) => [name, '(others)']));
      const key = JSON.stringify(kept);
      known.set(key, kept);
      now.set(key, (now.get(key) ?? 0) + value);
    }
    for (const [key, labels] of known) sink.sample(series, labels, now.get(key) ?? 0, atMs);
  };
};
