#!/usr/bin/env node
/**
 * Writes the table of docs/sizing.md from a saved run of `small-pool`, whose phases differ in how many requests there
 * are at once:
 *
 *     npx node bin/pgsurge.mjs run small-pool --profile smoke
 *     npx node scripts/write-sizing.ts [RUN…]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readRun } from '../harness/archive/read-run.ts';
import { loadSavedObservations } from '../harness/archive/saved-observations.ts';
import { finePile } from '../harness/measure/histograms/fine-quantile.ts';
import { histogramsOf, seriesOf, type Observations } from '../harness/measure/tracks/observations.ts';
import { totalOf } from '../harness/measure/tracks/windows.ts';
import type { PhaseResult, RunResult, ScenarioResult } from '../harness/result.ts';

/** A request holds its connection for four answers over a link of 37.5 ms; what waits longer than 5 s fails. */
const holdMs = 150;
const timeoutMs = 5000;

interface Row {
  variant: string;
  connections: number;
  requests: number;
  predictedMs: number;
  p50Ms: number | null;
  p95Ms: number | null;
  served: number;
  sent: number;
}

const rowOf = (scenario: ScenarioResult, phase: PhaseResult, observations: Observations): Row => {
  const labels = { phase: phase.name, kind: 'job' };
  const pile = finePile(
    histogramsOf(observations, 'http_req_duration', labels).flatMap(({ histograms }) => histograms),
  );
  const max = seriesOf(observations, 'db.client.connection.max').flatMap(({ values }) => Array.from(values));
  const requests = [phase.activeJobs].flat().at(-1) ?? 0;
  const connections = max.at(-1) ?? 0;
  return {
    variant: scenario.variant,
    connections,
    requests,
    predictedMs: Math.max(1, requests / connections) * holdMs,
    p50Ms: pile.quantile(0.5),
    p95Ms: pile.quantile(0.95),
    served: totalOf(seriesOf(observations, 'http_reqs', { ...labels, outcome: 'ok' })),
    sent: totalOf(seriesOf(observations, 'http_reqs', labels)),
  };
};

/** By what people get: the classes of docs/incidents.md. */
const classOf = ({ p95Ms, served, sent }: Row): string => {
  if (served < sent / 2) return 'failed';
  if (served < sent) return 'exhausted';
  return p95Ms !== null && p95Ms < 200 ? 'ok' : 'slow';
};

const inMs = (value: number | null): string =>
  value === null ? '–' : `${Math.round(value).toLocaleString('en-GB')} ms`;

const predictionOf = ({ predictedMs }: Row): string =>
  predictedMs > timeoutMs ? `${inMs(predictedMs)}, more than the 5 s an acquisition waits` : inMs(predictedMs);

const lineOf = (row: Row): string =>
  [
    row.connections,
    row.requests,
    predictionOf(row),
    inMs(row.p50Ms),
    inMs(row.p95Ms),
    `${row.served.toLocaleString('en-GB')} of ${row.sent.toLocaleString('en-GB')}`,
    classOf(row),
  ].join(' | ');

const rowsOf = async (folder: string): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const scenario of readRun(folder).run.scenarios.filter(({ name }) => name === 'small-pool')) {
    const entry = `${scenario.name}.${scenario.variant}.${scenario.repeat}`;
    const observations = await loadSavedObservations(folder, entry);
    if (observations === null) throw new Error(`${entry} has no samples in ${folder}; run small-pool again`);
    rows.push(...scenario.phases.map((phase) => rowOf(scenario, phase, observations)));
  }
  return rows;
};

/** Variants that only size the pool by another rule repeat a size: the first counts. */
const eachOnce = (rows: readonly Row[]): Row[] => {
  const firsts = new Map(rows.map((row) => [`${row.connections} ${row.requests}`, row] as const).toReversed());
  return [...firsts.values()].sort((a, b) => a.connections - b.connections || a.requests - b.requests);
};

const headings = [
  'connections',
  'requests at once',
  'by Little’s law',
  'measured p50',
  'measured p95',
  'served',
  'class',
];

const tableOf = ({ startedAt, profile, git }: RunResult, rows: readonly Row[]): string =>
  [
    `| ${headings.join(' | ')} |`,
    `|${headings.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${lineOf(row)} |`),
    '',
    `Measured on ${startedAt.slice(0, 10)}, profile ${profile.name}, commit ${git.commit?.slice(0, 10) ?? 'unknown'},`,
    'by `node scripts/write-sizing.ts` from runs of `small-pool`.',
  ].join('\n');

/** What is measured stands between two marks; what is said of it is written by hand. */
const withTable = (page: string, table: string): string =>
  page.replace(/(?<=<!-- measured -->\n)[^]*(?=<!-- end -->)/, () => `${table}\n`);

const given = process.argv.slice(2);
const folders = (given.length > 0 ? given : ['reports/latest']).map((one) => path.resolve(one));
const rows = eachOnce((await Promise.all(folders.map(rowsOf))).flat());
if (rows.length === 0) throw new Error(`${folders.join(', ')} holds no run of small-pool`);
const page = new URL('../docs/sizing.md', import.meta.url);
writeFileSync(page, withTable(readFileSync(page, 'utf8'), tableOf(readRun(folders.at(-1)!).run, rows)));
