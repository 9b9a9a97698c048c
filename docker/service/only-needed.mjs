// Leaves in package.json what the service imports, so that its image holds no Docker client, charts or DuckDB.
import { readFileSync, writeFileSync } from 'node:fs';

const needed = [
  '@opentelemetry/api',
  '@opentelemetry/exporter-metrics-otlp-http',
  '@opentelemetry/sdk-metrics',
  'fastify',
  'pg',
];
const all = JSON.parse(readFileSync('package.json', 'utf8'));
const dependencies = Object.fromEntries(needed.map((name) => [name, all.dependencies[name]]));
writeFileSync(
  'package.json',
  JSON.stringify({ name: 'pgsurge-service', version: all.version, private: true, type: 'module', dependencies }),
);
