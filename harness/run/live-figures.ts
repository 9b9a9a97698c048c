import type { Sink } from '../collect/collector.ts';

/** A few figures of the last second, for the live line; sees every sample pass by and keeps none. */
export interface LiveFigures {
  text(): string;
}

interface Window {
  requests: number;
  failed: number;
  sinceMs: number;
  perSecond: number;
}

/** Wraps a sink so that the terminal can say what is going on without reading samples back. */
export const watchSink = (sink: Sink): { sink: Sink; figures: LiveFigures } => {
  const requests: Window = { requests: 0, failed: 0, sinceMs: 0, perSecond: 0 };
  const gauges = new Map<string, Map<string, number>>();
  const watched = new Set(['db.client.connection.count', 'postgres.sessions', 'pooler.clients']);
  const count = (value: number): void => {
    const elapsedMs = sink.nowMs() - requests.sinceMs;
    requests.requests += value;
    if (elapsedMs < 1000) return;
    requests.perSecond = (requests.requests * 1000) / elapsedMs;
    requests.requests = 0;
    requests.sinceMs = sink.nowMs();
  };
  const total = (series: string, key: string): number =>
    [...(gauges.get(series) ?? [])]
      .filter(([labels]) => labels.includes(key))
      .reduce((sum, [, value]) => sum + value, 0);
  return {
    sink: {
      ...sink,
      nowMs: () => sink.nowMs(),
      sample: (series, labels, value, atMs) => {
        if (series === 'http_reqs') count(value);
        else if (watched.has(series))
          gauges.set(series, (gauges.get(series) ?? new Map<string, number>()).set(JSON.stringify(labels), value));
        sink.sample(series, labels, value, atMs);
      },
      histogram: (...args) => sink.histogram(...args),
      log: (...args) => sink.log(...args),
      source: (...args) => sink.source(...args),
    },
    figures: {
      text: () =>
        [
          `${requests.perSecond.toFixed(0)} requests/s`,
          `app pool ${total('db.client.connection.count', '"used"')} used`,
          `pooler ${total('pooler.clients', '"waiting"')} waiting`,
          `database ${total('postgres.sessions', '')} sessions`,
        ].join(' · '),
    },
  };
};
