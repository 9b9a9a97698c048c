/**
 * The shape of a change: level, then a straight way from one place to another, then level again; the best by least
 * squares. A step is a way of one place, and a growth without an end is one that lasts to the last value.
 */
export interface Ramp {
  /** The last value on the level before, and the first on the level after. */
  from: number;
  until: number;
  rises: boolean;
}

/** How much of the values' spread that shape explains, with the sign of its slope. */
const explained = (values: readonly number[], from: number, until: number): number => {
  let [sumX, sumXX, sumY, sumXY] = [0, 0, 0, 0];
  for (const [position, y] of values.entries()) {
    const x = Math.min(Math.max(position, from), until) - from;
    sumX += x;
    sumXX += x * x;
    sumY += y;
    sumXY += x * y;
  }
  const count = values.length;
  const together = sumXY - (sumX * sumY) / count;
  return (Math.sign(together) * together ** 2) / (sumXX - (sumX * sumX) / count);
};

/** At least two values; of equal ones no shape explains anything, and the longest stands. */
export const rampOf = (values: readonly number[]): Ramp => {
  let best = { from: 0, until: values.length - 1, share: explained(values, 0, values.length - 1) };
  for (let from = 0; from < values.length - 1; from += 1)
    for (let until = from + 1; until < values.length; until += 1) {
      const share = explained(values, from, until);
      if (Math.abs(share) > Math.abs(best.share)) best = { from, until, share };
    }
  const { from, until, share } = best;
  return { from, until, rises: share > 0 };
};
