#!/usr/bin/env node
/**
 * The canary of the nightly: a service whose every dashboard query sleeps for 300 ms must fail `baseline`, or the
 * harness has gone blind. Exit 0 when the run failed (exit code 1) as it must, else 1.
 *
 *     npx node scripts/canary.ts [--reports DIR]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { $ } from 'zx';
import { slowQueries } from './lib/release-changes.ts';
import { change, copyRelease } from './lib/release-copy.ts';

const { values } = parseArgs({ options: { reports: { type: 'string', default: 'reports' } } });
const reports = path.resolve(values.reports);
const folder = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-canary-'));
try {
  const release = copyRelease(path.join(folder, 'canary'));
  change(release, slowQueries);
  const { exitCode } = await $({
    cwd: release,
    nothrow: true,
    stdio: 'inherit',
  })`${process.execPath} bin/pgsurge.mjs run baseline --profile smoke --reports ${reports}`;
  process.stdout.write(
    exitCode === 1
      ? 'the canary failed, as it must\n'
      : `the canary ended with exit code ${exitCode} instead of 1: pgsurge no longer sees a slow query\n`,
  );
  process.exitCode = exitCode === 1 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
