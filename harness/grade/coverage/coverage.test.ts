import { describe, expect, test } from 'vitest';
import { brokenEntry, fault, heard } from '../fixtures/broken-run.ts';
import { mebibytes, phase } from '../fixtures/healthy-run.ts';
import { judge, poolOf } from '../fixtures/judge.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { flat, leak } from '../fixtures/shapes.ts';
import { holesIn } from './holes.ts';

const times = (...seconds: number[]): Float64Array => Float64Array.from(seconds, (second) => second * 1000);
const seconds = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const window = (from: number, to: number): { startMs: number; endMs: number } => ({
  startMs: from * 1000,
  endMs: to * 1000,
});

describe('a hole', () => {
  test('is where samples are missing: before the first, between two, after the last', () => {
    expect(holesIn(times(...seconds(10, 30)), [window(0, 30)])).toEqual([window(0, 10)]);
    expect(holesIn(times(...seconds(0, 10), ...seconds(20, 30)), [window(0, 30)])).toEqual([window(10, 20)]);
    expect(holesIn(times(...seconds(0, 10)), [window(0, 30)])).toEqual([window(10, 30)]);
    expect(holesIn(times(), [window(0, 30)])).toEqual([window(0, 30)]);
  });

  test('is none where a look or two came late', () => {
    expect(holesIn(times(...seconds(0, 10), ...seconds(13, 30)), [window(0, 30)])).toEqual([]);
  });

  test("follows the source's own interval, also where that changes", () => {
    const memory = [...seconds(0, 30).map((step) => step * 2), ...seconds(1, 12).map((step) => 60 + step * 5)];
    expect(holesIn(times(...memory), [window(0, 120)])).toEqual([]);
    expect(holesIn(times(...memory.filter((second) => second < 80 || second > 100)), [window(0, 120)])).toEqual([
      window(75, 105),
    ]);
  });

  test('of a short window is most of it, however long the silence around it was', () => {
    expect(holesIn(times(...seconds(0, 10), ...seconds(40, 50)), [window(20, 24)])).toEqual([window(20, 24)]);
  });

  test('is not what was to be expected', () => {
    const torn = times(...seconds(0, 10), ...seconds(20, 30));
    expect(holesIn(torn, [window(0, 30)], [window(9, 21)])).toEqual([]);
    expect(holesIn(torn, [window(0, 30)], [window(9, 14)])).toEqual([window(14, 20)]);
  });
});

const silentFrom =
  (instance: string, from: number, until = Infinity) =>
  (recorder: Recorder): void => {
    const { series } = heard(recorder).observations();
    for (const one of series.filter(({ labels }) => labels['service.instance'] === instance)) {
      const kept = Array.from(one.tMs.keys()).filter(
        (at) => one.tMs[at]! <= from * 1000 || one.tMs[at]! > until * 1000,
      );
      one.tMs = Float64Array.from(kept, (at) => one.tMs[at]!);
      one.values = Float64Array.from(kept, (at) => one.values[at]!);
    }
  };

describe('a replica that falls silent', () => {
  test('is named with its time, and never "all came back"', () => {
    expect(judge('pool-utilisation', silentFrom('1', 10))).toMatchObject({
      verdict: 'inconclusive',
      value: null,
      reason: expect.stringMatching(/^service 1 was not seen from 10.0 s to 120.0 s/),
    });
    expect(judge('connections-return', silentFrom('2', 10)).verdict).toBe('inconclusive');
  });

  test('that never spoke is missed by the number of those that were started', () => {
    const alone = (recorder: Recorder): unknown => recorder.remove('db.client.connection.count', poolOf('2'));
    expect(judge('pool-utilisation', alone).reason).toContain('of 2 instances of the service only 1 was seen');
    expect(judge('pool-utilisation', alone, { replicas: null }).verdict).toBe('pass');
  });

  test('while a declared fault holds it is excused for that time and a little more, and no longer', () => {
    const killed = { ...brokenEntry, faults: [{ ...fault, target: 'replica 1 (pid 4711)' }] };
    const verdictOf = (from: number, until: number, changed = killed): string =>
      judge('pool-utilisation', silentFrom('1', from, until), changed).verdict;
    expect(verdictOf(70, 78)).toBe('pass');
    expect(verdictOf(70, 95)).toBe('inconclusive');
    expect(verdictOf(20, 28)).toBe('inconclusive');
    const other = { ...brokenEntry, faults: [{ ...fault, target: 'replica 2 (pid 4712)' }] };
    expect(verdictOf(70, 78, other)).toBe('inconclusive');
  });
});

test('what was seen may fail it, and says what was not seen', () => {
  const full = (recorder: Recorder): void => {
    recorder.gauge('db.client.connection.count', { ...poolOf('2'), state: 'used' }, flat(18));
    silentFrom('1', 10)(recorder);
  };
  expect(judge('pool-utilisation', full)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('; service 1 was not seen from 10.0 s'),
  });
});

test('silence that looks like the failure is not blamed on the service', () => {
  const deaf = (recorder: Recorder): unknown => recorder.remove('http_reqs').remove('vus').remove('iterations');
  expect(judge('target-alive', deaf).verdict).toBe('inconclusive');
});

test('a leak is seen after the first minute, when memory is read every five seconds', () => {
  const hour = { phases: [phase('steady', 'steady', 5, 300)] };
  const leaking = (recorder: Recorder): unknown =>
    recorder.gauge(
      'process.memory_bytes',
      { component: 'pooler', instance: '1' },
      leak(mebibytes(10), mebibytes(0.15)),
      300,
    );
  const last = judge('memory-headroom', leaking, hour).evidence?.find(({ source }) => source === 'pooler')?.text ?? '';
  // 0.15 MiB a second: what is held at second 300 is some 54 MiB of 64, at second 60 it was 19.
  expect(Number(/\((\d+) MiB/.exec(last)?.[1])).toBeGreaterThan(50);
});

test('a reason names what that criterion lacked, and no other source', () => {
  const lost = (recorder: Recorder): unknown =>
    recorder.source('pooler-log', false, 'no log').remove('db.client.operation.duration');
  expect(judge('query-p95', lost).reason).not.toContain('pooler');
});
