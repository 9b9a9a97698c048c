/** Histograms of OTLP data points, as exponential ones. */
import { fromExplicit } from '../measure/histograms/exponential.ts';
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import { numberOf, setOf, type ExplicitPoint, type ExponentialPoint } from './otlp-descriptor.ts';

/** Lowest value of a histogram whose sender left it out: the lower bound of its first bucket. */
const lowestBound = ({ zeroCount, offset }: Buckets, base: number): number => (zeroCount > 0 ? 0 : base ** offset);

/** Highest value of a histogram whose sender left it out: the upper bound of its last bucket. */
const highestBound = ({ offset, counts }: Buckets, base: number): number =>
  counts.length === 0 ? 0 : base ** (offset + counts.length);

type Buckets = Pick<ExponentialHistogram, 'zeroCount' | 'offset' | 'counts'>;

export const exponentialOf = (point: ExponentialPoint): ExponentialHistogram => {
  const base = 2 ** (2 ** -point.scale);
  const buckets = {
    zeroCount: numberOf(point.zeroCount),
    offset: point.positive?.offset ?? 0,
    counts: Array.from(point.positive?.bucketCounts ?? []),
  };
  return {
    ...buckets,
    scale: point.scale,
    count: numberOf(point.count),
    sum: point.sum ?? 0,
    min: setOf(point, 'min') ? point.min! : lowestBound(buckets, base),
    max: setOf(point, 'max') ? point.max! : highestBound(buckets, base),
  };
};

export const explicitOf = (point: ExplicitPoint): ExponentialHistogram =>
  fromExplicit({
    count: numberOf(point.count),
    sum: point.sum ?? 0,
    min: setOf(point, 'min') ? point.min! : null,
    max: setOf(point, 'max') ? point.max! : null,
    bounds: point.explicitBounds,
    counts: point.bucketCounts.map(numberOf),
  });
