#!/usr/bin/env node
/**
 * Records what a long mutation's run saved, for CI to judge anew: without pages, logs and ledger, and of the histograms
 * only those that its criterion reads.
 *
 *     npx node scripts/record-mutation.ts reports/selftest/late-leak/latest late-leak --histograms http_req_duration
 */
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { histograms: { type: 'string', default: '' } },
});
const [run, id] = positionals;
if (run === undefined || id === undefined) throw new Error('give the run and the id of its mutation');

const target = path.join(import.meta.dirname, '../harness/selftest/recordings', id);
const wanted = values.histograms.split(',');
rmSync(target, { recursive: true, force: true });
for (const part of ['run.json', 'declarations', 'samples'])
  cpSync(path.join(run, part), path.join(target, part), { recursive: true });

const connection = await (await DuckDBInstance.create(':memory:')).connect();
for (const entry of readdirSync(path.join(target, 'samples'))) {
  const folder = path.join(target, 'samples', entry);
  const series = readFileSync(path.join(folder, 'series.ndjson'), 'utf8').trim().split('\n');
  const ids = series
    .map((line) => JSON.parse(line) as { id: number; name: string })
    .filter(({ name }) => wanted.includes(name))
    .map((one) => one.id);
  const from = path.join(run, 'samples', entry, 'histograms.parquet');
  const into = path.join(folder, 'histograms.parquet');
  await connection.run(
    `COPY (SELECT * FROM '${from}' WHERE series IN (${[-1, ...ids].join(', ')})) TO '${into}' (FORMAT parquet)`,
  );
}
