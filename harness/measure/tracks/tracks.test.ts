import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { histogramFrom } from '../../report/recordings/synthesize.ts';
import type { Observations } from './observations.ts';
import { rollUp, tracksOf } from './tracks.ts';

const instants = Float64Array.from({ length: 3600 }, (_, index) => (index + 1) * 1000);
const hour: Observations = {
  series: ['active', 'idle', 'idle in transaction', 'starting'].map((state, order) => ({
    name: 'postgres.sessions',
    labels: { state, role: 'app' },
    tMs: instants,
    values: instants.map((time) => (state === 'active' && time === 1_800_000 ? 77 : order + 1)),
  })),
  histograms: [
    {
      name: 'http_req_duration',
      labels: { kind: 'interactive', outcome: 'ok' },
      tMs: instants,
      histograms: Array.from(instants, () => histogramFrom([10, 20, 30])),
    },
  ],
  logLines: [],
  sources: [],
};

test('an hour in 120 points, a few kilobytes, and back', () => {
  const kept = rollUp(hour, { startMs: 0, endMs: 3_600_000 });
  const text = JSON.stringify(kept);
  expect(kept.tracks.every(({ values }) => values.length === 120)).toBe(true);
  expect(text.length).toBeLessThan(20_000);
  expect(gzipSync(text).length).toBeLessThan(3000);
  const tracks = tracksOf(
    { series: [], histograms: [], logLines: [], sources: [], kept: JSON.parse(text) as typeof kept },
    { startMs: 0, stepMs: 30_000, points: 120 },
  );
  expect(tracks.get('sessions.starting')!.values[60]).toBe(4);
  expect(tracks.get('latency.p50')!.values[60]).toBeCloseTo(20, 0);
});

test('what was not seen is absent, not zero', () => {
  const kept = rollUp(hour, { startMs: 0, endMs: 7_200_000 });
  expect(kept.tracks.find(({ id }) => id === 'latency.p95')!.values.at(-1)).toBeNull();
  expect(kept.tracks.some(({ id }) => id === 'pool.used')).toBe(false);
});

test('a kept run draws from its roll-up: each point holds over its bucket', () => {
  const kept = rollUp(hour, { startMs: 0, endMs: 3_600_000 });
  const tracks = tracksOf(
    { series: [], histograms: [], logLines: [], sources: [], kept },
    { startMs: 0, stepMs: 10_000, points: 400 },
  );
  const { values } = tracks.get('sessions.starting')!;
  expect([values[0], values[1], values[359]]).toEqual([4, 4, 4]);
  expect(values[360]).toBeNaN();
  expect(tracks.get('latency.p50')!.values[60]).toBeCloseTo(20, 0);
});
