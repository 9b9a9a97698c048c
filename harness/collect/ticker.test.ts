import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { recorder } from './fixtures/recorder.ts';
import { startTicker } from './ticker.ts';

test.concurrent('ticks begin at once and then at whole multiples of the interval', async () => {
  const { sink, samples } = recorder();
  const times: number[] = [];
  const ticker = startTicker(sink, 'x', 100, async (atMs) => void times.push(atMs));
  await sleep(650);
  await ticker[Symbol.asyncDispose]();
  const count = times.length;
  await sleep(200);
  expect(times.length).toBe(count);
  expect(count).toBeGreaterThanOrEqual(3);
  // On a busy machine one or another is late; most are not.
  const aligned = times.slice(1).filter((time) => time % 100 < 60 || time % 100 > 98);
  expect(aligned.length).toBeGreaterThan(times.length / 2);
  expect(samples.filter(({ series }) => series === 'harness.tick_lag').length).toBe(count);
});

test.concurrent('a slow look is not followed by a bunch: what was missed is counted', async () => {
  const { sink, samples } = recorder();
  const times: number[] = [];
  const ticker = startTicker(sink, 'x', 50, async (atMs) => {
    times.push(atMs);
    if (times.length === 3) await sleep(260);
  });
  await sleep(900);
  await ticker[Symbol.asyncDispose]();
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  expect(Math.max(...gaps)).toBeGreaterThan(240);
  // Timers may fire a millisecond early.
  const slots = times.map((time) => Math.floor((time + 2) / 50));
  expect(new Set(slots).size).toBe(slots.length);
  expect(ticker.missed).toBeGreaterThanOrEqual(4);
  expect(samples.findLast(({ series }) => series === 'harness.ticks_missed')?.value).toBe(ticker.missed);
});

test.concurrent('a look that fails ends nothing', async () => {
  const { sink } = recorder();
  let looks = 0;
  const ticker = startTicker(sink, 'x', 50, async () => {
    looks += 1;
    throw new Error('gone');
  });
  await sleep(300);
  await ticker[Symbol.asyncDispose]();
  expect(looks).toBeGreaterThan(2);
});

test.concurrent('a look that never ends does not keep the end waiting', async () => {
  const { sink } = recorder();
  const ticker = startTicker(sink, 'x', 50, () => new Promise(() => undefined));
  const startedMs = performance.now();
  await ticker[Symbol.asyncDispose]();
  expect(performance.now() - startedMs).toBeLessThan(4000);
});
