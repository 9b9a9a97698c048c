import type { Sink } from '../collect/collector.ts';
import type { Labels } from '../measure/tracks/observations.ts';

/** A few figures of the last second, for the live line; sees every sample pass by and keeps none. */
export interface LiveFigures {
  text(): string;
}

/** Requests of the last second or so. */
const requestRate = (nowMs: () => number): { add(count: number): void; perSecond(): number } => {
  let requests = 0;
  let sinceMs = 0;
  let perSecond = 0;
  return {
    add: (count) => {
      const elapsedMs = nowMs() - sinceMs;
      requests += count;
      if (elapsedMs < 1000) return;
      perSecond = (requests * 1000) / elapsedMs;
      requests = 0;
      sinceMs = nowMs();
    },
    perSecond: () => perSecond,
  };
};

/** Last values of a few gauges, by their labels. */
const lastValues = (
  names: readonly string[],
): {
  take(series: string, labels: Labels, value: number): void;
  total(series: string, label?: string): number;
} => {
  const gauges = new Map(names.map((name) => [name, new Map<string, number>()]));
  return {
    take: (series, labels, value) => void gauges.get(series)?.set(JSON.stringify(labels), value),
    total: (series, label = '') =>
      [...(gauges.get(series) ?? [])]
        .filter(([labels]) => labels.includes(label))
        .reduce((sum, [, value]) => sum + value, 0),
  };
};

/** Wraps a sink so that the terminal can say what is going on without reading samples back. */
export const watchSink = (sink: Sink): { sink: Sink; figures: LiveFigures } => {
  const rate = requestRate(() => sink.nowMs());
  const gauges = lastValues(['db.client.connection.count', 'postgres.sessions', 'pooler.clients']);
  const text = (): string =>
    [
      `${rate.perSecond().toFixed(0)} requests/s`,
      `app pool ${gauges.total('db.client.connection.count', '"used"')} used`,
      `pooler ${gauges.total('pooler.clients', '"waiting"')} waiting`,
      `database ${gauges.total('postgres.sessions')} sessions`,
    ].join(' · ');
  return {
    sink: {
      ...sink,
      sample: (series, labels, value, atMs) => {
        if (series === 'http_reqs') rate.add(value);
        else gauges.take(series, labels, value);
        sink.sample(series, labels, value, atMs);
      },
    },
    figures: { text },
  };
};
