/** From OTLP data points to samples: labels, times, and deltas out of cumulative sums. */
import { fromExplicit, growthBetween } from '../measure/histograms/exponential.ts';
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import type { Sink } from './collector.ts';
import {
  numberOf,
  type ExplicitPoint,
  type ExponentialPoint,
  type Integer,
  type KeyValue,
  type Metric,
  type MetricsRequest,
  type NumberPoint,
  type Temporality,
} from './otlp-descriptor.ts';

const cumulative: Temporality = 2;
/** `flags` bit 0: the point says only that there is no value. */
const noValue = 1;
const mostCumulative = 20_000;

/** k6's split of a request is not looked at: `pgsurge_request_duration` holds what a person feels. */
const unwanted = /^http_req_(blocked|connecting|tls_handshaking|sending|waiting|receiving)$/;

/** What others call what we call otherwise. */
const labelNames: Record<string, string> = {
  'db.client.connection.state': 'state',
  'service.instance.id': 'service.instance',
};
/** Of k6: what differs from request to request, or never. */
const unwantedLabels = new Set(['url', 'vu', 'iter', 'ip', 'proto', 'tls_version']);
const resourceLabels = new Set(['service.instance.id', 'service.instance']);

const setOf = (value: object, field: string): boolean => Object.hasOwn(value, field);

/** protobufjs keeps unset fields on the prototype with their defaults. */
const valueOf = (value: KeyValue['value']): string => {
  if (value == null) return '';
  const field = (['stringValue', 'boolValue', 'doubleValue', 'intValue'] as const).find((name) => setOf(value, name));
  if (field === undefined) return '';
  return field === 'intValue' ? String(numberOf(value.intValue)) : String(value[field]);
};

const labelled = (attributes: readonly KeyValue[], into: Record<string, string>): Record<string, string> => {
  for (const { key, value } of attributes) {
    const text = valueOf(value);
    if (text !== '' && !unwantedLabels.has(key)) into[labelNames[key] ?? key] = text;
  }
  return into;
};

/** k6 tags a request before its answer, so its outcome is told from the status. */
export const outcomeOf = (status: string): string => {
  const code = Number(status);
  if (code === 429) return 'refused';
  return code === 0 || code >= 500 ? 'error' : 'ok';
};

const withOutcome = (labels: Record<string, string>, fromK6: boolean): Labels =>
  fromK6 && labels['status'] !== undefined ? { ...labels, outcome: outcomeOf(labels['status']) } : labels;

/**
 * Wall-clock time of a point on the run's clock. A sender whose clock is far off (a fault that pgsurge itself injects) is
 * not believed: its points count as of their arrival.
 */
const timeOf = (unixNano: Integer | undefined, nowMs: number): number => {
  const agoMs = Date.now() - numberOf(unixNano) / 1e6;
  return agoMs > -2000 && agoMs < 30_000 ? nowMs - agoMs : nowMs;
};

interface Before {
  startedNano: number;
  value: number | ExponentialHistogram;
}

export interface Points {
  /** Puts all points of a request into the sink; gives back the sender's name (`service.name`). */
  take(request: MetricsRequest): string;
}

const exponentialOf = (point: ExponentialPoint): ExponentialHistogram => {
  const count = numberOf(point.count);
  const counts = Array.from(point.positive?.bucketCounts ?? []);
  return bounded({
    scale: point.scale,
    count,
    sum: point.sum ?? 0,
    min: setOf(point, 'min') ? point.min! : NaN,
    max: setOf(point, 'max') ? point.max! : NaN,
    zeroCount: numberOf(point.zeroCount),
    offset: point.positive?.offset ?? 0,
    counts,
  });
};

/** Where the sender left out lowest or highest, the buckets' bounds. */
const bounded = (histogram: ExponentialHistogram): ExponentialHistogram => {
  const base = 2 ** (2 ** -histogram.scale);
  const { min, max, zeroCount, offset, counts } = histogram;
  return {
    ...histogram,
    min: Number.isNaN(min) ? (zeroCount > 0 ? 0 : base ** offset) : min,
    max: Number.isNaN(max) ? (counts.length === 0 ? 0 : base ** (offset + counts.length)) : max,
  };
};

const explicitOf = (point: ExplicitPoint): ExponentialHistogram =>
  fromExplicit({
    count: numberOf(point.count),
    sum: point.sum ?? 0,
    min: setOf(point, 'min') ? point.min! : null,
    max: setOf(point, 'max') ? point.max! : null,
    bounds: point.explicitBounds,
    counts: point.bucketCounts.map(numberOf),
  });

const amountOf = (point: NumberPoint): number => (setOf(point, 'asDouble') ? point.asDouble! : numberOf(point.asInt));

export const openPoints = (sink: Sink): Points => {
  const startedNano = Date.now() * 1e6;
  const before = new Map<string, Before>();
  /** Growth since the last point of that series; null where there is nothing to compare with. */
  const grown = <Value extends number | ExponentialHistogram>(
    key: string,
    point: { startTimeUnixNano?: Integer },
    value: Value,
    growth: (earlier: Value, later: Value) => Value | null,
  ): Value | null => {
    const start = numberOf(point.startTimeUnixNano);
    const last = before.get(key);
    if (last !== undefined || before.size < mostCumulative) before.set(key, { startedNano: start, value });
    if (last === undefined || last.startedNano !== start) return start >= startedNano ? value : null;
    return growth(last.value as Value, value) ?? value;
  };
  const numbers = (
    name: string,
    points: readonly NumberPoint[],
    given: Given,
    kind: 'level' | 'delta' | 'cumulative' | 'steps',
  ): void => {
    for (const point of points.filter(({ flags }) => ((flags ?? 0) & noValue) === 0)) {
      const labels = labelsOf(point, given);
      const key = `${name}\n${JSON.stringify(labels)}`;
      const amount = amountOf(point);
      const value =
        kind === 'cumulative'
          ? grown(key, point, amount, (earlier, later) => (later < earlier ? null : later - earlier))
          : kind === 'steps'
            ? added(key, amount)
            : amount;
      if (value !== null) sink.sample(name, labels, value, timeOf(point.timeUnixNano, given.nowMs));
    }
  };
  /** An up-down counter that is exported as steps. */
  const added = (key: string, step: number): number => {
    const total = Number(before.get(key)?.value ?? 0) + step;
    before.set(key, { startedNano: 0, value: total });
    return total;
  };
  const histograms = <Point extends ExplicitPoint | ExponentialPoint>(
    name: string,
    points: readonly Point[],
    given: Given,
    temporality: Temporality,
    convert: (point: Point) => ExponentialHistogram,
  ): void => {
    for (const point of points.filter(({ flags }) => ((flags ?? 0) & noValue) === 0)) {
      const labels = labelsOf(point, given);
      const whole = convert(point);
      const histogram =
        temporality === cumulative ? grown(`${name}\n${JSON.stringify(labels)}`, point, whole, growthBetween) : whole;
      if (histogram !== null) sink.histogram(name, labels, histogram, timeOf(point.timeUnixNano, given.nowMs));
    }
  };
  const metric = ({ name, gauge, sum, histogram, exponentialHistogram }: Metric, given: Given): void => {
    if (unwanted.test(name)) return;
    if (gauge != null) numbers(name, gauge.dataPoints, given, 'level');
    if (sum != null) {
      const isCumulative = sum.aggregationTemporality === cumulative;
      if (sum.isMonotonic) sink.declare?.(name, 'delta');
      numbers(
        name,
        sum.dataPoints,
        given,
        sum.isMonotonic ? (isCumulative ? 'cumulative' : 'delta') : isCumulative ? 'level' : 'steps',
      );
    }
    if (histogram != null) histograms(name, histogram.dataPoints, given, histogram.aggregationTemporality, explicitOf);
    if (exponentialHistogram != null)
      histograms(
        name,
        exponentialHistogram.dataPoints,
        given,
        exponentialHistogram.aggregationTemporality,
        exponentialOf,
      );
  };
  return {
    take: ({ resourceMetrics }) => {
      let sender = '';
      for (const { resource, scopeMetrics } of resourceMetrics) {
        const attributes = resource?.attributes ?? [];
        sender =
          attributes
            .map(({ key, value }) => (key === 'service.name' ? valueOf(value) : ''))
            .find((text) => text !== '') ?? sender;
        const given = {
          labels: labelled(
            attributes.filter(({ key }) => resourceLabels.has(key)),
            {},
          ),
          fromK6: sender === 'k6',
          nowMs: sink.nowMs(),
        };
        for (const { metrics } of scopeMetrics) for (const one of metrics) metric(one, given);
      }
      return sender;
    },
  };
};

interface Given {
  labels: Record<string, string>;
  fromK6: boolean;
  nowMs: number;
}

const labelsOf = (point: { attributes: KeyValue[] }, { labels, fromK6 }: Given): Labels =>
  withOutcome(labelled(point.attributes, { ...labels }), fromK6);
