#!/usr/bin/env node
/**
 * Shows on the real stack that a release comparison finds what changed and is quiet where nothing did:
 *
 *     npx node scripts/release-experiments.ts unchanged|index|pool [--repeats 6] [--times 1] [--seed 1] [--keep DIR]
 *
 * `unchanged`: two copies of this checkout, scenario `baseline`.
 * `index`: both with a past of 100,000 finished tasks, head without the index that claims use.
 * `pool`: scenario `5x`, head with an app pool of 2 a replica, below what is busy on average.
 * Six repeats a side take about five minutes of two cores. The copies lie in a temporary folder, deleted at the end.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { $, fs } from 'zx';
import { poolOfTwo } from './lib/release-changes.ts';
import { change, copyRelease } from './lib/release-copy.ts';

/** Finished long ago and in vain, so that every invariant holds: no effect, no attempt, a reason. */
const past = `
INSERT INTO tenants (id, name) VALUES ('past', 'past') ON CONFLICT DO NOTHING;
INSERT INTO jobs (
    key, tenant_id, title, pages, status, error_message, created_at, finished_at, total_tasks, failed_tasks
  )
  SELECT 'past-' || n, 'past', 'past', 100, 'failed', 'long ago',
    now() - interval '1 year', now() - interval '1 year', 100, 100
  FROM generate_series(1, 1000) n;
ALTER TABLE tasks DISABLE TRIGGER USER;
INSERT INTO tasks (job_id, url, status, failure_reason, due_at, finished_at)
  SELECT jobs.id, 'http://past/' || n, 'failed', 'long ago', now() - interval '1 year', now() - interval '1 year'
  FROM jobs, generate_series(1, 100) n WHERE tenant_id = 'past';
ALTER TABLE tasks ENABLE TRIGGER USER;
ANALYZE;
`;

interface Experiment {
  scenario: string;
  expected: RegExp;
  prepare(base: string, head: string): void;
}

const experiments: Record<string, Experiment> = {
  unchanged: { scenario: 'baseline', expected: /same/, prepare: () => undefined },
  index: {
    scenario: 'baseline',
    expected: /regression/,
    prepare: (base, head) => {
      for (const folder of [base, head]) writeFileSync(path.join(folder, 'service/migrations/900-past.sql'), past);
      writeFileSync(
        path.join(head, 'service/migrations/901-drop.sql'),
        'DROP INDEX idx_tasks_pending_by_job_priority;\n',
      );
    },
  },
  pool: {
    scenario: '5x',
    expected: /regression/,
    // Over the matrix's link of 15 ms 5x keeps five connections of a replica busy on average.
    prepare: (_base, head) => change(head, poolOfTwo),
  },
};

interface ComparedMetric {
  gated: boolean;
  metric: string;
  base: { cv: number | null };
  head: { cv: number | null };
  relative: number;
  adjustedP: number | null;
  verdict: string;
}

/** What is read of compare.json. */
interface Compared {
  verdict: string;
  sentence: string;
  nextStep: string;
  metrics: ComparedMetric[];
}

const percent = (share: number, width: number): string => `${(share * 100).toFixed(1).padStart(width)} %`;

const lineOf = ({ metric, base, head, relative, adjustedP, verdict }: ComparedMetric): string => {
  const spread = `cv ${percent(base.cv ?? 0, 5)} and ${percent(head.cv ?? 0, 5)}`;
  return `  ${metric.padEnd(26)} ${spread}  ${percent(relative, 7)}  p ${adjustedP?.toFixed(4) ?? '–'}  ${verdict}`;
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repeats: { type: 'string', default: '6' },
    times: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string' },
  },
});
const experiment = experiments[positionals[0] ?? ''];
if (experiment === undefined) {
  process.stderr.write(`which experiment? ${Object.keys(experiments).join(', ')}\n`);
  process.exit(2);
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-releases-'));
let wrong = 0;
try {
  const [base, head] = [copyRelease(path.join(folder, 'last-release')), copyRelease(path.join(folder, 'this-release'))];
  experiment.prepare(base, head);
  const reports = values.keep ?? path.join(folder, 'reports');
  for (let time = 1; time <= Number(values.times); time += 1) {
    const seed = String(Number(values.seed) + time - 1);
    const options = ['--repeats', values.repeats, '--seed', seed, '--reports', reports];
    const command = ['run', experiment.scenario, '--profile', 'smoke', '--against', base, ...options];
    await $({ cwd: head, nothrow: true, stdio: 'inherit' })`${process.execPath} bin/pgsurge.mjs ${command}`;
    const compared = fs.readJsonSync(path.join(reports, 'latest', 'compare.json')) as Compared;
    const { verdict, sentence, nextStep, metrics } = compared;
    const asExpected = experiment.expected.test(verdict);
    if (!asExpected) wrong += 1;
    const expectation = asExpected ? 'as expected' : 'NOT as expected';
    process.stdout.write(`\n${positionals[0]} ${time}: ${verdict} (${expectation})\n${sentence}\n${nextStep}\n`);
    for (const metric of metrics.filter(({ gated }) => gated)) process.stdout.write(`${lineOf(metric)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = wrong === 0 ? 0 : 1;
