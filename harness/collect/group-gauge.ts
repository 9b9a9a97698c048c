import type { Sink } from './collector.ts';
import type { Labels } from '../measure/tracks/observations.ts';

/**
 * A count per group. A group that is gone counts zero from then on, rather than what it last was.
 * Beyond `most` groups, all others count as one.
 */
export const groupGauge = (
  sink: Sink,
  series: string,
  most = 200,
): ((atMs: number, groups: readonly { labels: Labels; value: number }[]) => void) => {
  const known = new Map<string, Labels>();
  return (atMs, groups) => {
    const now = new Map<string, number>();
    for (const { labels, value } of groups) {
      const hasPlace = known.has(JSON.stringify(labels)) || known.size < most;
      const kept = hasPlace ? labels : Object.fromEntries(Object.keys(labels).map((name) => [name, '(others)']));
      const key = JSON.stringify(kept);
      known.set(key, kept);
      now.set(key, (now.get(key) ?? 0) + value);
    }
    for (const [key, labels] of known) sink.sample(series, labels, now.get(key) ?? 0, atMs);
  };
};
