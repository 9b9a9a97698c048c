import { expect, test } from 'vitest';
import type { Sink } from '../collect/collector.ts';
import { fromExplicit } from '../measure/histograms/exponential.ts';
import { watchCanarySink, type CanaryVerdict } from './canary-watch.ts';

const labels = { 'service.instance': '0' };
const others = { 'service.instance': '1' };
const factor = 900;

/** What a replica says every 50 ms while it is watched. */
const watched = async (say: (sink: Sink) => void, seconds = 2.5): Promise<CanaryVerdict & { kept: number[] }> => {
  const startedMs = performance.now();
  const kept: number[] = [];
  const { sink, canary } = watchCanarySink({
    nowMs: () => performance.now() - startedMs,
    sample: (series, _labels, value) => void (series === 'rollout.kept' && kept.push(value)),
    histogram: () => undefined,
    log: () => undefined,
    source: () => undefined,
  });
  const timer = setInterval(() => say(sink), 50);
  try {
    return { ...(await canary.judge({ seconds, factor, signal: new AbortController().signal })), kept };
  } finally {
    clearInterval(timer);
  }
};

const pool = (sink: Sink, used: number, of = labels): void => {
  sink.sample('db.client.connection.count', { ...of, state: 'used' }, used);
  sink.sample('db.client.connection.max', of, 2);
};

const requests = (sink: Sink, seconds: number, route: string): void =>
  sink.histogram(
    'http.server.request.duration',
    { ...labels, 'http.route': route },
    fromExplicit({
      bounds: [seconds * 0.9, seconds],
      counts: [0, 5, 0],
      count: 5,
      sum: 5 * seconds,
      min: seconds * 0.95,
      max: seconds,
    }),
  );

test.concurrent('a pool in use for longer than its bound allows undoes it, and the verdict says so', async () => {
  const { broken, kept } = await watched((sink) => pool(sink, 2));
  expect(broken?.words).toBe('App pool in use, sustained: 100 % (bound <= 80 %, seeds 000, 002)');
  expect(kept).toEqual([0]);
});

test.concurrent('a moment is no sustained use', async () => {
  let told = 0;
  const { broken, kept } = await watched((sink) => pool(sink, (told += 1) < 20 ? 2 : 1));
  expect(broken).toBeNull();
  expect(kept).toEqual([1]);
});

test.concurrent('what another replica says is nothing of the canary', async () => {
  const { broken, readings } = await watched((sink) => pool(sink, 2, others), 0.5);
  expect({ broken, readings }).toEqual({ broken: null, readings: [] });
});

test.concurrent('a timed-out acquisition undoes it at once', async () => {
  const { broken } = await watched((sink) => {
    sink.sample('pgsurge.acquisitions', labels, 10);
    sink.sample('db.client.connection.timeouts', labels, 1);
  }, 0.6);
  expect(broken?.bound.id).toBe('connection-timeouts');
});

test.concurrent('slow requests undo it; probes of its health are none of them', async () => {
  expect((await watched((sink) => requests(sink, 0.5, '/report'))).broken?.bound.id).toBe('api-p95');
  const { broken, readings } = await watched((sink) => requests(sink, 0.5, '/ready'), 0.5);
  expect({ broken, readings }).toEqual({ broken: null, readings: [] });
});
