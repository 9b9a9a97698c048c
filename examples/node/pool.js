// The app pool, and what it says of itself where somebody listens (OTEL_EXPORTER_OTLP_ENDPOINT).
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import pg from 'pg';

const max = 10;

export const openPool = (name) => {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max, application_name: name });
  // A connection that the server closes while it is idle must not end the process.
  pool.on('error', (error) => console.error(`ERROR ${error.message}`));
  observe(pool, name);
  return pool;
};

const observe = (pool, name) => {
  const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint) return;
  const exporter = new OTLPMetricExporter({ url: `${endpoint}/v1/metrics` });
  const readers = [
    new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1000, exportTimeoutMillis: 900 }),
  ];
  const meter = new MeterProvider({ readers }).getMeter('shop');
  const own = { 'service.instance': name, 'db.client.connection.pool.name': name };
  meter.createObservableUpDownCounter('db.client.connection.count').addCallback((result) => {
    result.observe(pool.totalCount - pool.idleCount, { ...own, 'db.client.connection.state': 'used' });
    result.observe(pool.idleCount, { ...own, 'db.client.connection.state': 'idle' });
  });
  meter.createObservableUpDownCounter('db.client.connection.max').addCallback((result) => result.observe(max, own));
  meter
    .createObservableUpDownCounter('db.client.connection.pending_requests')
    .addCallback((result) => result.observe(pool.waitingCount, own));
};
