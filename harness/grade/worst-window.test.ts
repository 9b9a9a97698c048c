/** Three bad minutes of an hour, whatever the whole says. */
import { expect, test } from 'vitest';
import type { JudgedEntry } from './criterion.ts';
import { phase } from './fixtures/healthy-run.ts';
import { judge, steadyRequests } from './fixtures/judge.ts';
import { durations, histogramOf, type Recorder } from './fixtures/recorder.ts';
import type { Shape } from './fixtures/shapes.ts';
import { timedHistograms, type Counts, type Timed } from './timed.ts';
import { stretchMs, worstQuantile, worstShare } from './worst-window.ts';

const hour = 3600;
const full: Partial<JudgedEntry> = {
  phases: [phase('steady', 'steady', 0, hour)],
  profile: { name: 'full', timeScale: 1 },
  replicas: 1,
};
const badFrom = 1200;
const inBadMinutes = (second: number, minutes: number): boolean => second > badFrom && second <= badFrom + minutes * 60;

const hourWith =
  (change: (recorder: Recorder) => void) =>
  (recorder: Recorder): void => {
    const { series, histograms } = recorder.observations();
    for (const name of new Set([...series, ...histograms].map((one) => one.name))) recorder.remove(name);
    change(recorder);
  };
const requests =
  (minutes: number) =>
  (recorder: Recorder): void => {
    recorder
      .gauge('http_reqs', steadyRequests, () => 20, hour)
      .histogram(
        'http_req_duration',
        steadyRequests,
        (second) => (inBadMinutes(second, minutes) ? durations(3, 9000, second) : durations(20, 20, second)),
        hour,
      );
  };

test('three minutes of answers of 9 s in an hour of quick ones fail, with their time and the whole beside it', () => {
  const judged = judge('api-p95', hourWith(requests(3)), full);
  expect(judged).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(/^worst 60 s \(from 12\d\d\.0 s to 1\d\d\d\.0 s\): .*over the whole: 95 % of/),
    evidence: [{ atMs: expect.any(Number), untilMs: expect.any(Number), source: 'http_req_duration' }],
  });
  expect(judged.value).toBeGreaterThan(8000);
  expect(judge('api-p95', hourWith(requests(0)), full)).toMatchObject({
    verdict: 'pass',
    reason: expect.stringContaining('; worst 60 s (from'),
  });
});

test('a failed request counts as slowest in its stretch, too', () => {
  const failing = hourWith((recorder) => {
    requests(0)(recorder);
    recorder.gauge(
      'http_reqs',
      { phase: 'steady', kind: 'interactive', status: '500', outcome: 'error' },
      (second) => (inBadMinutes(second, 3) ? 2 : 0),
      hour,
    );
  });
  expect(judge('api-p95', failing, full)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('were never served'),
  });
  expect(judge('goodput', failing, full)).toMatchObject({
    verdict: 'fail',
    value: expect.closeTo(90.9, 1),
    reason: expect.stringContaining('120 of 1,320 requests failed'),
  });
});

test.each([
  ['query-p95', 'db.client.operation.duration', 0.002],
  ['due-to-start', 'pgsurge.task.due_to_start', 0.03],
])('%s: three bad minutes of an hour', (id, name, healthy) => {
  const timed = (minutes: number): ((recorder: Recorder) => void) =>
    hourWith((recorder) => {
      recorder.histogram(
        name,
        { 'service.instance': '1', 'db.operation.name': 'claim' },
        (second) => durations(10, inBadMinutes(second, minutes) ? 5 : healthy, second),
        hour,
      );
    });
  const declaration = { id, value: 100 };
  expect(judge(id, timed(3), full, declaration)).toMatchObject({ verdict: 'fail' });
  expect(judge(id, timed(0), full, declaration)).toMatchObject({ verdict: 'pass' });
});

test('transactions that failed for three minutes of an hour', () => {
  const failing = (minutes: number): ((recorder: Recorder) => void) =>
    hourWith((recorder) => {
      const count = (outcome: string, shape: Shape): unknown =>
        recorder.gauge('pgsurge.transactions', { outcome, name: 'claim' }, shape, hour);
      count('ok', () => 40);
      count('failed', (second) => (inBadMinutes(second, minutes) ? 4 : 0));
    });
  expect(judge('transaction-errors', failing(3), full)).toMatchObject({ verdict: 'fail' });
  expect(judge('transaction-errors', failing(0), full)).toMatchObject({ verdict: 'pass' });
});

test('a stretch is the bound’s time by the time scale, ten seconds at least', () => {
  expect(stretchMs(60, { profile: { name: 'full', timeScale: 1 } })).toBe(60_000);
  expect(stretchMs(60, { profile: { name: 'nightly', timeScale: 20 } })).toBe(10_000);
});

const counts = (perSecond: number, seconds: number, isBad: (second: number) => boolean): Timed<Counts>[] =>
  Array.from({ length: seconds }, (_, index) => index + 1).map((second) => ({
    atMs: second * 1000,
    item: { part: isBad(second) ? perSecond : 0, all: perSecond },
  }));

test('where ten seconds hold too few, a stretch reaches back until it has a hundred', () => {
  const items = counts(2, 120, (second) => second > 60 && second <= 70);
  const worst = worstShare(items, 'higher', [{ startMs: 0, endMs: 120_000 }], 10_000);
  expect(worst).toMatchObject({ count: 100, value: 20 });
  expect(worst!.untilMs - worst!.fromMs).toBe(50_000);
  expect(
    worstShare(
      counts(1, 60, () => true),
      'higher',
      [{ startMs: 0, endMs: 60_000 }],
      10_000,
    ),
  ).toBeNull();
});

test('stretches do not reach over what is not judged, and what was answered late belongs to its window', () => {
  const windows = [
    { startMs: 0, endMs: 20_000 },
    { startMs: 40_000, endMs: 60_000 },
  ];
  const worst = worstShare(
    counts(20, 60, (second) => second > 20 && second <= 30),
    'higher',
    windows,
    10_000,
  );
  expect(worst).toMatchObject({ value: 100, fromMs: 20_000, untilMs: 30_000 });
  const edge = worstShare(
    counts(20, 60, (second) => second > 40 && second <= 45),
    'higher',
    windows,
    10_000,
  );
  expect(edge).toMatchObject({ value: 50, fromMs: 40_000, untilMs: 50_000 });
});

test('sliding gives the percentiles that each stretch has by itself, and five hours are cheap', () => {
  const seconds = 5 * 3600;
  const series = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) => ({
    name,
    labels: {},
    tMs: Float64Array.from({ length: seconds }, (_, second) => (second + 1) * 1000),
    histograms: Array.from({ length: seconds }, (_, second) =>
      histogramOf(durations(5, second === 9000 ? 5000 : 20 + index, (second % 50) + index)),
    ),
  }));
  const startedAt = performance.now();
  const worst = worstQuantile(timedHistograms(series), 0.95, [{ startMs: 0, endMs: seconds * 1000 }], 60_000)!;
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeLessThan(5000);
  const within = timedHistograms(series).filter(({ atMs }) => atMs > worst.fromMs && atMs <= worst.untilMs);
  const alone = worstQuantile(within, 0.95, [{ startMs: worst.fromMs - 1000, endMs: worst.untilMs }], 60_000)!;
  expect(worst.count).toBe(1800);
  expect(alone.value).toBeCloseTo(worst.value, 6);
});
