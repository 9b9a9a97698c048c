import { describe, expect, it } from 'vitest';
import { chanceTaken } from '../measure/statistics/discrete-holm.ts';
import { randomFrom } from '../measure/statistics/random.ts';
import { alarmShares } from './alarm-shares.ts';
import { distinctTests, type RepeatEvent } from './uneven-repeats.ts';

const event = (id: string, base: number, head: number, repeats = 10): RepeatEvent => {
  const side = (count: number): boolean[] => Array.from({ length: repeats }, (_, place) => place < count);
  return { scenario: '5x', variant: 'fixed', id, base: side(base), head: side(head) };
};

/** The chance that anything at all is called, if each kind takes all that it may. */
const together = (events: readonly RepeatEvent[]): number => {
  const { worseFigures, betterCriteria, betterFigures } = alarmShares(events);
  const tests = distinctTests(events);
  return chanceTaken(1, tests, 0.05) + worseFigures + chanceTaken(0, tests, betterCriteria) + betterFigures;
};

describe('the chance of a false change', () => {
  it('is the figures’ alone, half for each direction, where nothing fails', () => {
    expect(alarmShares([])).toEqual({ worseFigures: 0.025, betterCriteria: 0.025, betterFigures: 0.025 });
    expect(alarmShares([event('a', 0, 0), event('b', 10, 10), event('c', 1, 1)]).worseFigures).toBe(0.025);
  });

  it('is 5 % over worse and better, criteria and figures, whatever failed and on which side', () => {
    const random = randomFrom(11);
    for (let trial = 0; trial < 300; trial += 1) {
      const repeats = 6 + Math.floor(random() * 7);
      const count = (): number => Math.floor(random() * (repeats + 1));
      const events = Array.from({ length: 1 + Math.floor(random() * 8) }, (_, place) =>
        event(`criterion-${place}`, count(), count(), repeats),
      );
      expect(together(events)).toBeLessThanOrEqual(0.05 + 1e-12);
      for (const share of Object.values(alarmShares(events))) expect(share).toBeGreaterThanOrEqual(0);
    }
  });

  it('goes to criteria first, then to figures that got worse, and a quarter of the rest to what got better', () => {
    const beside = alarmShares([event('a', 2, 2)]);
    expect(beside.worseFigures).toBeCloseTo(0.75 * (0.05 - 0.04334), 5);
    expect(beside.betterFigures).toBeCloseTo(0.25 * (0.05 - 0.04334), 5);
    expect(alarmShares([event('a', 3, 3)])).toMatchObject({ worseFigures: 0.025 });
  });

  it('depends on how often it happened, not on which side', () => {
    expect(alarmShares([event('a', 0, 4)])).toEqual(alarmShares([event('a', 4, 0)]));
    expect(alarmShares([event('a', 3, 1)])).toEqual(alarmShares([event('a', 2, 2)]));
  });
});
