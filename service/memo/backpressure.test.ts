import { expect, test } from 'vitest';
import { createLevel } from './backpressure.ts';

/** A pool of 30 of which each handler holds one connection, and others four; there is always work. */
const settled = (looks: number): number[] => {
  const level = createLevel(9, 100);
  return Array.from({ length: looks }, () => {
    level.look(Math.min(1, (level.allowed + 4) / 30));
    return level.allowed;
  });
};

test('a steady load finds a level within the band and stays there', () => {
  const levels = settled(20);
  expect(levels[0]).toBe(14);
  expect(new Set(levels)).toEqual(new Set([14]));
});

test('a full pool brings it down, at most to the floor', () => {
  const level = createLevel(9, 100);
  for (let look = 0; look < 5; look += 1) level.look(0.1);
  expect(level.allowed).toBe(72);
  level.look(0.9);
  expect(level.allowed).toBe(54);
  for (let look = 0; look < 20; look += 1) level.look(1);
  expect(level.allowed).toBe(9);
});

test('between the bounds nothing changes', () => {
  const level = createLevel(9, 100);
  for (const share of [0.5, 0.65, 0.8]) level.look(share);
  expect(level.allowed).toBe(9);
});
