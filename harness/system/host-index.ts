/**
 * How fast this host is just now: a short fixed task of one core, five times, the median. Higher is faster; the figure
 * means nothing but that two of them can be compared. Single shots spread 15 % here, medians of five about 5 %.
 */
import { createHash } from 'node:crypto';

/**
 * The work takes about 30 ms on a core of 2024: integers in JavaScript, a sort, and hashing. A garbage collector
 * disturbs none of them.
 */
const task = (): number => {
  let state = 42;
  const numbers = new Float64Array(40_000);
  for (let round = 0; round < 8; round += 1) {
    for (let index = 0; index < numbers.length; index += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      numbers[index] = state / 7;
    }
    numbers.sort();
  }
  let digest = Buffer.from(numbers.buffer, 0, 4096);
  for (let round = 0; round < 5000; round += 1) digest = createHash('sha256').update(digest).digest();
  return digest.readUInt32LE(0) + state;
};

const shots = 5;

/** Tasks per 100 s of one core, as a whole number (some thousands). Takes about 0.3 s. */
export const measureHostIndex = (): Promise<number> => {
  // Compiled before it counts.
  task();
  const tookMs = Array.from({ length: shots }, () => {
    const startedAt = performance.now();
    task();
    return performance.now() - startedAt;
  }).sort((a, b) => a - b);
  return Promise.resolve(Math.round(100_000 / tookMs[shots >> 1]!));
};
