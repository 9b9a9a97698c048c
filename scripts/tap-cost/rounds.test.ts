import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendAttempts, readAttempts } from '../lib/attempts.ts';
import { missingRounds, type Measured, type Round, type Series } from './rounds.ts';
import { tableOf } from './table.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-rounds-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const measured = (p95Ms: number, cores = 0): Measured => ({
  p95Ms,
  sentP95Ms: p95Ms / 2,
  cores,
  cpuUs: cores * 500,
  perSecond: 2000,
});

const round = (given: Partial<Round> = {}): Round => ({
  commit: 'abc',
  at: '2026-11-28T00:00:00Z',
  load: 1,
  rate: 2000,
  seconds: 5,
  measured: { direct: measured(0.5), tap: measured(0.75, 0.1) },
  ...given,
});

const series = (): Series => ({
  commit: 'abc',
  pairs: 2,
  seconds: 5,
  minutes: 1,
  rates: [500, 2000],
  ways: ['direct', 'tap'],
  results: path.join(folder, 'rounds.ndjson'),
});

test('a series goes on where it stopped, in turns', () => {
  const { results } = series();
  expect(missingRounds(series())).toEqual([500, 2000, 500, 2000]);
  appendAttempts(results, [round()]);
  expect(missingRounds(series())).toEqual([500, 500, 2000]);
  expect(readAttempts(results)).toEqual([round()]);
});

test('what was measured otherwise is another series: another commit, length, or without one of the ways', () => {
  const { results } = series();
  appendAttempts(results, [
    round({ commit: 'def' }),
    round({ seconds: 1 }),
    round({ measured: { direct: measured(0.5) } }),
  ]);
  expect(missingRounds(series())).toHaveLength(4);
});

test('the table tells what each way adds to the same round without a proxy', () => {
  const second = round({ load: 2, measured: { direct: measured(1), tap: measured(1.75, 0.3) } });
  const [, , direct, tap] = tableOf([round(), second]).split('\n');
  expect(direct).toBe('| 2000 | direct | 2 | 0.750 (0.500 to 1.000) |  |  |  |  | 1.50 (1.00 to 2.00) |');
  expect(tap).toContain('| 0.500 (0.250 to 0.750) | 0.250 (0.125 to 0.375) | 0.200 (0.100 to 0.300) | 100.0 (50.0');
});
