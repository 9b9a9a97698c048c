/**
 * The part of OTLP's metrics protobuf (opentelemetry-proto v1) that is read here, as protobufjs takes it. Only field
 * numbers and wire types matter: `bucketCounts` of exponential histograms is uint64 there and uint32 here. Both are the
 * same varints, and so decoding makes plain numbers of 160 buckets instead of 160 objects.
 */
import protobuf from 'protobufjs';

type Fields = Record<string, readonly [id: number, type: string, rule?: 'repeated']>;

const message = (fields: Fields, oneofs?: Record<string, string[]>): protobuf.IType => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [id, type, rule]]) => [
      name,
      { id, type, ...(rule === undefined ? {} : { rule }) },
    ]),
  ),
  ...(oneofs === undefined
    ? {}
    : { oneofs: Object.fromEntries(Object.entries(oneofs).map(([name, oneof]) => [name, { oneof }])) }),
});

const point: Fields = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] };

const root = protobuf.Root.fromJSON({
  nested: {
    ExportMetricsServiceRequest: message({ resourceMetrics: [1, 'ResourceMetrics', 'repeated'] }),
    ResourceMetrics: message({ resource: [1, 'Resource'], scopeMetrics: [2, 'ScopeMetrics', 'repeated'] }),
    Resource: message({ attributes: [1, 'KeyValue', 'repeated'] }),
    KeyValue: message({ key: [1, 'string'], value: [2, 'AnyValue'] }),
    AnyValue: message({
      stringValue: [1, 'string'],
      boolValue: [2, 'bool'],
      intValue: [3, 'int64'],
      doubleValue: [4, 'double'],
    }),
    ScopeMetrics: message({ metrics: [2, 'Metric', 'repeated'] }),
    Metric: message({
      name: [1, 'string'],
      unit: [3, 'string'],
      gauge: [5, 'Gauge'],
      sum: [7, 'Sum'],
      histogram: [9, 'Histogram'],
      exponentialHistogram: [10, 'ExponentialHistogram'],
    }),
    Gauge: message({ dataPoints: [1, 'NumberDataPoint', 'repeated'] }),
    Sum: message({
      dataPoints: [1, 'NumberDataPoint', 'repeated'],
      aggregationTemporality: [2, 'int32'],
      isMonotonic: [3, 'bool'],
    }),
    Histogram: message({ dataPoints: [1, 'HistogramDataPoint', 'repeated'], aggregationTemporality: [2, 'int32'] }),
    ExponentialHistogram: message({
      dataPoints: [1, 'ExponentialHistogramDataPoint', 'repeated'],
      aggregationTemporality: [2, 'int32'],
    }),
    NumberDataPoint: message(
      {
        ...point,
        attributes: [7, 'KeyValue', 'repeated'],
        asDouble: [4, 'double'],
        asInt: [6, 'sfixed64'],
        flags: [8, 'uint32'],
      },
      { value: ['asDouble', 'asInt'] },
    ),
    HistogramDataPoint: message(
      {
        ...point,
        attributes: [9, 'KeyValue', 'repeated'],
        count: [4, 'fixed64'],
        sum: [5, 'double'],
        bucketCounts: [6, 'fixed64', 'repeated'],
        explicitBounds: [7, 'double', 'repeated'],
        flags: [10, 'uint32'],
        min: [11, 'double'],
        max: [12, 'double'],
      },
      { _sum: ['sum'], _min: ['min'], _max: ['max'] },
    ),
    ExponentialHistogramDataPoint: message(
      {
        ...point,
        attributes: [1, 'KeyValue', 'repeated'],
        count: [4, 'fixed64'],
        sum: [5, 'double'],
        scale: [6, 'sint32'],
        zeroCount: [7, 'fixed64'],
        positive: [8, 'Buckets'],
        negative: [9, 'Buckets'],
        flags: [10, 'uint32'],
        min: [12, 'double'],
        max: [13, 'double'],
      },
      { _sum: ['sum'], _min: ['min'], _max: ['max'] },
    ),
    Buckets: message({ offset: [1, 'sint32'], bucketCounts: [2, 'uint32', 'repeated'] }),
  },
});

/** 64-bit integers arrive as numbers, or as protobufjs' Long. */
export type Integer = number | { toNumber(): number };

export interface DataPoint {
  attributes: KeyValue[];
  startTimeUnixNano?: Integer;
  timeUnixNano?: Integer;
  flags?: number;
}
export interface KeyValue {
  key: string;
  value?: { stringValue?: string; boolValue?: boolean; intValue?: Integer; doubleValue?: number } | null;
}
export interface NumberPoint extends DataPoint {
  asDouble?: number;
  asInt?: Integer;
  value?: 'asDouble' | 'asInt';
}
interface AnyHistogramPoint extends DataPoint {
  count?: Integer;
  sum?: number;
  min?: number;
  max?: number;
  _min?: 'min';
  _max?: 'max';
}
export interface ExplicitPoint extends AnyHistogramPoint {
  bucketCounts: Integer[];
  explicitBounds: number[];
}
export interface ExponentialPoint extends AnyHistogramPoint {
  scale: number;
  zeroCount?: Integer;
  positive?: { offset: number; bucketCounts: number[] } | null;
}
/** 1: delta, 2: cumulative. */
export type Temporality = number;
export interface Metric {
  name: string;
  gauge?: { dataPoints: NumberPoint[] } | null;
  sum?: { dataPoints: NumberPoint[]; aggregationTemporality: Temporality; isMonotonic: boolean } | null;
  histogram?: { dataPoints: ExplicitPoint[]; aggregationTemporality: Temporality } | null;
  exponentialHistogram?: { dataPoints: ExponentialPoint[]; aggregationTemporality: Temporality } | null;
}
export interface MetricsRequest {
  resourceMetrics: { resource?: { attributes: KeyValue[] } | null; scopeMetrics: { metrics: Metric[] }[] }[];
}

const requestType = root.lookupType('ExportMetricsServiceRequest');

export const decodeProtobuf = (body: Uint8Array): MetricsRequest =>
  requestType.decode(body) as unknown as MetricsRequest;
/** OTLP/JSON: 64-bit integers are strings there. Throws as `decodeProtobuf` does. */
export const decodeJson = (text: string): MetricsRequest => {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || !('resourceMetrics' in parsed))
    throw new Error('no resourceMetrics');
  return requestType.fromObject(parsed as Record<string, unknown>) as unknown as MetricsRequest;
};

/** protobufjs keeps unset fields on the prototype with their defaults. */
export const setOf = (value: object, field: string): boolean => Object.hasOwn(value, field);

export const numberOf = (value: Integer | undefined | null): number =>
  typeof value === 'number' ? value : (value?.toNumber() ?? 0);
