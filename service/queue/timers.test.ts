import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { afterEach, expect, test, vi } from 'vitest';
import { createTimers, dueDelaysMs } from './timers.ts';

afterEach(() => void vi.useRealTimers());

test('tasks that are due in the same grain of time wake it once', () => {
  vi.useFakeTimers();
  const due = vi.fn<() => void>();
  const timers = createTimers(due);
  timers.set('job-1', 250);
  timers.set('job-2', 250);
  expect(timers.count()).toBe(2);
  vi.advanceTimersByTime(400);
  expect(due).toHaveBeenCalledTimes(1);
  expect(timers.count()).toBe(0);
});

test('a job that ends takes its timers with it, and leaves those that others need', () => {
  vi.useFakeTimers();
  const due = vi.fn<() => void>();
  const timers = createTimers(due);
  timers.set('job-1', 1000);
  timers.set('job-1', 250);
  timers.set('job-2', 250);
  timers.drop('job-1');
  expect(timers.count()).toBe(1);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(2000);
  expect(due).toHaveBeenCalledTimes(1);
});

test('what a page discovered wakes at its due time, which counts from when its transaction began', () => {
  expect(dueDelaysMs(3, 600, 250)).toEqual([355, 955, 1555]);
  expect(dueDelaysMs(1, 100, 250)).toEqual([5]);
  expect(dueDelaysMs(0, 600, 0)).toEqual([]);
});

test('nothing fires once the replica stops', () => {
  vi.useFakeTimers();
  const due = vi.fn<() => void>();
  const timers = createTimers(due);
  timers.set('job-1', 250);
  timers.stop();
  timers.set('job-2', 250);
  vi.advanceTimersByTime(2000);
  expect(due).not.toHaveBeenCalled();
});

test('a timer of its own for each of 100,000 waiting tasks takes less than half a kilobyte each', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  const timers = createTimers(() => undefined);
  for (let task = 0; task < 100_000; task += 1) timers.set(`job-${Math.floor(task / 100)}`, 60_000 + task * 2);
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / 100_000;
  timers.stop();
  expect(bytes).toBeLessThan(512);
});
