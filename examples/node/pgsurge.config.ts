import { defineConfig } from 'pgsurge';

export default defineConfig({
  name: 'shop',
  service: {
    command: 'node server.js',
    migrate: 'node migrate.js',
    port: 'PORT',
    database: 'DATABASE_URL',
    ready: '/health',
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: '{otlpUrl}' },
    processes: { worker: { command: 'node worker.js' } },
  },
  // The database is in another network, as in production: 10 ms there and back.
  stack: { linkMs: 10 },
  load: 'load/journey.ts',
  // What this team promises. Without them these three would only warn.
  criteria: { 'api-p95': 200, 'idle-in-transaction': 100, 'pool-utilisation': 80 },
});
