/**
 * OpenTelemetry: every instrument of the service, by the names of docs/architecture.md.
 * They are exported each second, or as often as is asked for, to OTEL_EXPORTER_OTLP_ENDPOINT: as deltas, with
 * exponential histograms. Without that variable nothing is exported.
 */
import { OTLPMetricExporter, AggregationTemporalityPreference } from '@opentelemetry/exporter-metrics-otlp-http';
import {
  AggregationType,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';

type Labels = Record<string, string>;
export interface Tally {
  add(count: number, labels?: Labels): void;
}
export interface Timing {
  /** Takes a time in seconds. */
  record(seconds: number, labels?: Labels): void;
}
/** Read at each export: pairs of labels and value. */
type Reading = () => Iterable<readonly [Labels, number]>;

export interface Metrics {
  tally(name: string, description: string): Tally;
  timing(name: string, description: string): Timing;
  gauge(name: string, description: string, read: Reading): void;
  /** Exports what is left; gives up after two seconds. */
  flush(): Promise<void>;
}

const reader = (endpoint: string, intervalMs: number): PeriodicExportingMetricReader =>
  new PeriodicExportingMetricReader({
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: intervalMs * 0.9,
    exporter: new OTLPMetricExporter({
      url: `${endpoint.replace(/\/$/, '')}/v1/metrics`,
      temporalityPreference: AggregationTemporalityPreference.DELTA,
    }),
  });

const exponentialHistograms: ViewOptions = {
  instrumentType: InstrumentType.HISTOGRAM,
  aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 160, recordMinMax: true } },
};

const openProvider = (endpoint: string | undefined, intervalMs: number): MeterProvider =>
  new MeterProvider({
    readers: endpoint === undefined || endpoint === '' ? [] : [reader(endpoint, intervalMs)],
    views: [exponentialHistograms],
  });

/** Exports what is left; gives up after two seconds. */
const shutDown = async (provider: MeterProvider): Promise<void> => {
  const limit = new Promise<void>((resolve) => void setTimeout(resolve, 2000).unref());
  await Promise.race([provider.shutdown().catch(() => undefined), limit]);
};

/** `instance` becomes the attribute service.instance of every point. */
export const createMetrics = (endpoint: string | undefined, instance: string, intervalMs = 1000): Metrics => {
  const provider = openProvider(endpoint, intervalMs);
  const meter = provider.getMeter('pgsurge-service');
  const own = { 'service.instance': instance };
  const labelled = (labels: Labels | undefined): Labels => (labels === undefined ? own : { ...own, ...labels });
  return {
    tally: (name, description) => {
      const counter = meter.createCounter(name, { description });
      return { add: (count, labels) => counter.add(count, labelled(labels)) };
    },
    timing: (name, description) => {
      const histogram = meter.createHistogram(name, { description, unit: 's' });
      return { record: (seconds, labels) => histogram.record(seconds, labelled(labels)) };
    },
    gauge: (name, description, read) => {
      meter.createObservableGauge(name, { description }).addCallback((result) => {
        for (const [labels, value] of read()) result.observe(value, labelled(labels));
      });
    },
    flush: () => shutDown(provider),
  };
};
