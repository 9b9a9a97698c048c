import { expect, test } from 'vitest';
import { createBell, createSlots, pause } from './wait.ts';

const timed = async (work: Promise<unknown>): Promise<number> => {
  const startMs = performance.now();
  await work;
  return performance.now() - startMs;
};

test('one ring wakes one sleeper', async () => {
  const bell = createBell();
  const woken: number[] = [];
  const sleepers = [1, 2].map((who) => bell.wait(300).then(() => woken.push(who)));
  bell.ring();
  await pause(20);
  expect(woken).toEqual([1]);
  await Promise.all(sleepers);
});

test('a ring that finds nobody is kept, hushed ones are not', async () => {
  const bell = createBell();
  bell.ring(2);
  expect(await timed(bell.wait(200))).toBeLessThan(100);
  bell.hush();
  expect(await timed(bell.wait(200))).toBeGreaterThan(150);
});

test('ensure does not add to what was rung for already', async () => {
  const bell = createBell();
  bell.ring(2);
  bell.ensure(2);
  await bell.wait(200);
  await bell.wait(200);
  expect(await timed(bell.wait(200))).toBeGreaterThan(150);
});

test('slots hold the limit and give their place on, also after a failure', async () => {
  const slots = createSlots(2);
  let most = 0;
  let running = 0;
  const work = async (fails: boolean): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await pause(5);
    running -= 1;
    if (fails) throw new Error('failed');
  };
  const results = await Promise.allSettled(
    Array.from({ length: 9 }, (_, index) => slots.run(() => work(index % 2 === 0))),
  );
  expect(most).toBe(2);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  expect(slots.busy()).toBe(0);
});

test('no limit where the limit is 0', async () => {
  const slots = createSlots(0);
  const all = Promise.all(Array.from({ length: 30 }, () => slots.run(() => pause(20))));
  expect(slots.busy()).toBe(30);
  await all;
  expect(slots.busy()).toBe(0);
});

test('a pause ends when the replica stops', async () => {
  const stop = new AbortController();
  const waiting = timed(pause(2000, stop.signal));
  stop.abort();
  expect(await waiting).toBeLessThan(500);
  expect(await timed(pause(2000, stop.signal))).toBeLessThan(500);
});
