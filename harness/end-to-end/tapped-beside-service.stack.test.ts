/**
 * @module-tag full
 *
 * `--tap` beside what our service exports of the same connections. Where work runs in transactions both say the same.
 */
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadObservations } from '../archive/samples/load-observations.ts';
import { timesOf, type Times } from '../diagnose/seen/taps.ts';
import { poolUse, tapGroups, type TapGroup } from '../measure/connections/tap-use.ts';
import { histogramsOf, seriesOf, type Labels, type Observations } from '../measure/tracks/observations.ts';
import { samplesWithin, type Window } from '../measure/tracks/windows.ts';
import { onlyRun, pgsurge, reportsFolder, stateOfTheirOwn } from './runs.ts';

const state = stateOfTheirOwn();
afterAll(() => state[Symbol.dispose]());

let observations: Observations;
let tapped: TapGroup;
/** The pool is full in it from the start to the end. */
let full: Window;

/**
 * Transactions of seconds. What the two clocks differ by is the way between two processes, some tenths of a millisecond
 * a statement on an idle machine and some milliseconds on one that is not: the link is so long that the test tells a
 * wrong measurement from a busy machine.
 */
const linkMs = 300;

beforeAll(async () => {
  using reports = reportsFolder();
  const asked = ['long-transactions', '--variant', 'broken', '--tap', '--link-ms', String(linkMs)];
  const { all } = await pgsurge(['run', ...asked, '--reports', reports.folder]);
  if (all.includes('no run was written')) throw new Error(all);
  const { run, folder } = onlyRun(reports.folder);
  const { entry, phases } = run.scenarios[0]!;
  observations = await loadObservations(path.join(folder, 'samples', entry));
  tapped = tapGroups(observations).find(
    ({ hop, application }) => hop === 'service-database' && application === 'service',
  )!;
  full = { startMs: phases[0]!.startMs + 4000, endMs: phases[0]!.endMs };
});

const times = (name: string, labels: Labels = {}): Times =>
  timesOf(histogramsOf(observations, name, labels).flatMap(({ histograms }) => histograms));

/** The bound. */
const within = 0.02;

const expectNear = (tap: number, service: number): void => {
  expect(tap).toBeGreaterThan(service * (1 - within));
  expect(tap).toBeLessThan(service * (1 + within));
};

test('how long transactions hold a connection', () => {
  const byTap = times('tap.hold_time', { ...tapped, what: 'transaction' });
  const byService = times('db.client.connection.use_time', { 'pgsurge.work': 'transaction' });
  expect(byService.count).toBeGreaterThan(50);
  expect(byTap.count).toBe(byService.count);
  expectNear(byTap.seconds, byService.seconds);
  expectNear(byTap.p95!, byService.p95!);
});

test('how long statements take', () => {
  const byTap = times('tap.statement_time', tapped);
  const byService = times('db.client.operation.duration');
  expect(byTap.count).toBe(byService.count);
  expectNear(byTap.seconds, byService.seconds);
  expectNear(byTap.p95!, byService.p95!);
});

test('how many connections of the pool are in use', () => {
  const used = seriesOf(observations, 'db.client.connection.count', { state: 'used' });
  const { values } = samplesWithin(used[0]!, [full]);
  expect(used).toHaveLength(1);
  expectNear(
    poolUse(observations, tapped, full)!.usedAverage,
    values.reduce((sum, one) => sum + one, 0) / values.length,
  );
});
