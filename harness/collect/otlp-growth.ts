/** Deltas out of sums that grow since a start, and levels out of steps. */
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import { numberOf, type Integer } from './otlp-descriptor.ts';

interface Before {
  startedNano: number;
  value: number | ExponentialHistogram;
}

/** Bounds memory when somebody labels by request id. */
export const mostCumulative = 20_000;

export interface Growth {
  /** Points of series that found no place: what they count is not known, and nothing is made of them. */
  readonly refused: number;
  /** Growth since the last point of that series; null where there is nothing to compare with. */
  since<Value extends number | ExponentialHistogram>(
    key: string,
    startTimeUnixNano: Integer | undefined,
    value: Value,
    growth: (earlier: Value, later: Value) => Value | null,
  ): Value | null;
  /** The level of an up-down counter that is exported as steps; null where it found no place. */
  added(key: string, step: number): number | null;
}

export const openGrowth = (): Growth => {
  const openedNano = Date.now() * 1e6;
  const before = new Map<string, Before>();
  let refused = 0;
  const hasPlace = (key: string): boolean => {
    const found = before.has(key) || before.size < mostCumulative;
    if (!found) refused += 1;
    return found;
  };
  return {
    get refused() {
      return refused;
    },
    since: (key, startTimeUnixNano, value, growth) => {
      // Without its last value each point would count for all that came before it.
      if (!hasPlace(key)) return null;
      const startedNano = numberOf(startTimeUnixNano);
      const last = before.get(key);
      before.set(key, { startedNano, value });
      const comparable = last !== undefined && last.startedNano === startedNano;
      if (comparable) return growth(last.value as typeof value, value) ?? value;
      // A sum that began during the run grew from zero; what an older one held before is not the run's.
      return startedNano >= openedNano ? value : null;
    },
    added: (key, step) => {
      if (!hasPlace(key)) return null;
      const total = Number(before.get(key)?.value ?? 0) + step;
      before.set(key, { startedNano: 0, value: total });
      return total;
    },
  };
};
