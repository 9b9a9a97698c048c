/** From OTLP data points to samples: labels, times, and deltas out of cumulative sums. */
import { growthBetween } from '../measure/histograms/exponential.ts';
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import type { Sink } from './collector.ts';
import type { Relabel } from './script-series.ts';
import {
  numberOf,
  setOf,
  type DataPoint,
  type Integer,
  type Metric,
  type MetricsRequest,
  type NumberPoint,
  type Temporality,
} from './otlp-descriptor.ts';
import { openGrowth, type Growth } from './otlp-growth.ts';
import { explicitOf, exponentialOf } from './otlp-histograms.ts';
import { openMergedExport, type MergedExport } from './merged-export.ts';
import { labelsOfPoint, labelsOfResource, senderOf } from './otlp-labels.ts';

const cumulative: Temporality = 2;
/** `flags` bit 0: the point says only that there is no value. */
const noValue = 1;

/** k6's split of a request is not looked at: `pgsurge_request_duration` holds what a person feels. */
const unwanted = /^http_req_(blocked|connecting|tls_handshaking|sending|waiting|receiving)$/;

/** A clock of another machine may be so far ahead; what is stamped later than that is wrong. */
const mostAheadMs = 2000;
/** Exporters that had to wait send what is some seconds old, and hardly anything that is older than this. */
const oldestMs = 30_000;

/**
 * Wall-clock time of a point on the run's clock. A sender whose clock is far off is not believed: its points count as
 * of their arrival.
 */
const timeOf = (unixNano: Integer | undefined, nowMs: number): number => {
  const agoMs = Date.now() - numberOf(unixNano) / 1e6;
  return agoMs > -mostAheadMs && agoMs < oldestMs ? nowMs - agoMs : nowMs;
};

/** Who sent the points, what all of them carry, and when they came. */
interface Origin {
  sender: string;
  /** Takes their samples. */
  sink: Sink;
  labels: Labels;
  nowMs: number;
}

/** One point that has a value, with where it belongs. */
interface Located<Point> {
  point: Point;
  name: string;
  labels: Labels;
  atMs: number;
}

/** Tells one series from another. */
const keyOf = ({ name, labels }: Located<DataPoint>): string => `${name}\n${JSON.stringify(labels)}`;

const locate = <Point extends DataPoint>(name: string, points: readonly Point[], origin: Origin): Located<Point>[] =>
  points
    .filter(({ flags }) => ((flags ?? 0) & noValue) === 0)
    .map((point) => {
      const labels = labelsOfPoint({ name, attributes: point.attributes }, origin.labels, origin.sender);
      return { point, name, labels, atMs: timeOf(point.timeUnixNano, origin.nowMs) };
    });

const amountOf = (point: NumberPoint): number => (setOf(point, 'asDouble') ? point.asDouble! : numberOf(point.asInt));

/** What the points of a number metric say, and so how they become samples. */
type NumberKind = 'level' | 'delta' | 'cumulative' | 'steps';

const kindOf = ({ isMonotonic, aggregationTemporality }: NonNullable<Metric['sum']>): NumberKind => {
  const isCumulative = aggregationTemporality === cumulative;
  if (isMonotonic) return isCumulative ? 'cumulative' : 'delta';
  return isCumulative ? 'level' : 'steps';
};

const grownNumber = (earlier: number, later: number): number | null => (later < earlier ? null : later - earlier);

const numberIn = (growth: Growth, kind: NumberKind, located: Located<NumberPoint>): number | null => {
  const amount = amountOf(located.point);
  const start = located.point.startTimeUnixNano;
  if (kind === 'cumulative') return growth.since(keyOf(located), start, amount, grownNumber);
  return kind === 'steps' ? growth.added(keyOf(located), amount) : amount;
};

export interface Points {
  /** Puts all points of a request into the sink; gives back the sender's name (`service.name`). */
  take(request: MetricsRequest): string;
  /** Points that came to nothing, since too many series count from a start. */
  readonly refused: number;
}

class PointsIntoSink implements Points {
  readonly #sink: Sink;
  readonly #growth = openGrowth();
  readonly #ofK6: MergedExport | null;

  constructor(sink: Sink, relabel: Relabel | undefined) {
    this.#sink = sink;
    this.#ofK6 = relabel === undefined ? null : openMergedExport(sink, relabel);
  }

  get refused(): number {
    return this.#growth.refused;
  }

  take({ resourceMetrics }: MetricsRequest): string {
    let sender = '';
    for (const { resource, scopeMetrics } of resourceMetrics) {
      const attributes = resource?.attributes ?? [];
      sender = senderOf(attributes, sender);
      const sink = (sender === 'k6' ? this.#ofK6?.sink : undefined) ?? this.#sink;
      const origin = { sender, sink, labels: labelsOfResource(attributes), nowMs: this.#sink.nowMs() };
      for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) this.#metric(metric, origin);
    }
    this.#ofK6?.flush();
    return sender;
  }

  #metric({ name, gauge, sum, histogram, exponentialHistogram }: Metric, origin: Origin): void {
    if (unwanted.test(name)) return;
    if (gauge != null) this.#numbers(name, gauge.dataPoints, 'level', origin);
    if (sum != null) {
      if (sum.isMonotonic) origin.sink.declare?.(name, 'delta');
      this.#numbers(name, sum.dataPoints, kindOf(sum), origin);
    }
    if (histogram != null) this.#histograms(name, histogram, explicitOf, origin);
    if (exponentialHistogram != null) this.#histograms(name, exponentialHistogram, exponentialOf, origin);
  }

  #numbers(name: string, points: readonly NumberPoint[], kind: NumberKind, origin: Origin): void {
    for (const one of locate(name, points, origin)) {
      const value = numberIn(this.#growth, kind, one);
      if (value !== null) origin.sink.sample(name, one.labels, value, one.atMs);
    }
  }

  #histograms<Point extends DataPoint>(
    name: string,
    { dataPoints, aggregationTemporality }: { dataPoints: readonly Point[]; aggregationTemporality: Temporality },
    convert: (point: Point) => ExponentialHistogram,
    origin: Origin,
  ): void {
    for (const one of locate(name, dataPoints, origin)) {
      const whole = convert(one.point);
      const histogram =
        aggregationTemporality === cumulative
          ? this.#growth.since(keyOf(one), one.point.startTimeUnixNano, whole, growthBetween)
          : whole;
      if (histogram !== null) origin.sink.histogram(name, one.labels, histogram, one.atMs);
    }
  }
}

export const openPoints = (sink: Sink, relabel?: Relabel): Points => new PointsIntoSink(sink, relabel);
