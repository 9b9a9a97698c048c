import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { listResidue } from '../system/residue.ts';
import { failing, onlyRun, pgsurge, plantedRun, reportsFolder, stateOfTheirOwn, untilLoaded } from './runs.ts';

const state = stateOfTheirOwn();
afterAll(() => state[Symbol.dispose]());

const theFive = ['lost-data', 'transaction-errors', 'api-p95', 'connection-timeouts', 'pool-recovers'];

test('baseline, whole: real k6 through a real pooler into a real database, to a graded page and a comparison', async () => {
  using reports = reportsFolder();
  const { exitCode, all } = await pgsurge(['run', 'baseline', '--reports', reports.folder]);
  const { folder, run } = onlyRun(reports.folder);
  const [baseline] = run.scenarios;
  expect(failing(baseline!), all).toEqual([]);
  expect(run.state).toBe('finished');
  expect(exitCode, run.sentence).toBe(0);
  for (const id of theFive)
    expect(
      baseline!.criteria.find((criterion) => criterion.id === id),
      id,
    ).toMatchObject({ verdict: 'pass' });
  expect(baseline!.teardownMs).toBeGreaterThan(baseline!.phases.at(-1)!.endMs);
  expect(baseline!.teardownMs).toBeLessThan(baseline!.endedMs!);
  expect(baseline!.identities.filter(({ holds }) => !holds)).toEqual([]);
  expect(baseline!.checks.map(({ status }) => status)).not.toContain('violated');
  const page = readFileSync(path.join(folder, 'report.html'), 'utf8');
  expect(page.match(/<svg/g)!.length).toBeGreaterThanOrEqual(3);
  expect(page).not.toMatch(/(src|href)="https?:/);
  for (const file of ['summary.md', 'junit.xml', 'events.ndjson'])
    expect(existsSync(path.join(folder, file)), file).toBe(true);
  expect(listResidue()).toEqual([]);

  // Kept small, it is a baseline for others; against itself nothing got worse.
  expect((await pgsurge(['keep', folder, 'v1', '--reports', reports.folder])).exitCode).toBe(0);
  const compared = await pgsurge(['compare', 'v1', folder, '--reports', reports.folder]);
  expect(compared, compared.all).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('got worse') as string });
  expect(readFileSync(path.join(reports.folder, 'compare.html'), 'utf8')).toContain('<svg');
});

test(
  'a service that drops every hundredth acknowledged row fails lost-data, and else only by the 404 of who reads one',
  { tags: 'full' },
  async () => {
    using reports = reportsFolder();
    const { code, run } = await plantedRun('5x', { dropEveryNthWrite: 100 }, reports.folder);
    const [entry] = run.scenarios;
    const [first, ...consequences] = failing(entry!);
    expect(first).toBe('lost-data');
    // Some one in a hundred of those who read their note back: by chance more or less than what goodput allows.
    expect(consequences.filter((id) => id !== 'goodput')).toEqual([]);
    const goodput = entry!.criteria.find(({ id }) => id === 'goodput');
    if (goodput?.verdict === 'fail') expect(goodput.reason).toMatch(/404/);
    expect(run.verdict).toBe('fail');
    expect(run.sentence).toMatch(/acknowledged/i);
    expect(code).toBe(1);
  },
);

test('Ctrl-C stops the load, saves and reports what there is, tears down, exits 130', async () => {
  using reports = reportsFolder();
  const running = pgsurge(['run', 'baseline', '--reports', reports.folder]);
  await untilLoaded(reports.folder);
  await sleep(2000);
  running.kill('SIGINT');
  const { exitCode } = await running;
  const { folder, run } = onlyRun(reports.folder);
  expect(exitCode).toBe(130);
  expect(run.state).toBe('interrupted');
  expect(run.scenarios[0]).toMatchObject({ state: 'interrupted', verdict: 'inconclusive' });
  expect(existsSync(path.join(folder, 'report.html'))).toBe(true);
  expect(listResidue()).toEqual([]);
});

test(
  'kill -9 in mid-run leaves nothing after clean, the page can still be made, and --resume measures what lacks and no more',
  { tags: 'full' },
  async () => {
    using reports = reportsFolder();
    const running = pgsurge(['run', '2x', '--repeats', '2', '--seed', '5', '--reports', reports.folder]);
    await untilLoaded(reports.folder, '2x.healthy.2');
    await sleep(3000);
    const { owner } = JSON.parse(readFileSync(path.join(state.folder, 'lock.json'), 'utf8')) as {
      owner: { pid: number };
    };
    process.kill(owner.pid, 'SIGKILL');
    await running;
    await pgsurge(['clean']);
    expect(listResidue()).toEqual([]);
    const { folder, run: killed } = onlyRun(reports.folder);
    expect(killed.state).toBe('running');
    expect((await pgsurge(['report', folder])).exitCode).toBe(0);
    const { run } = onlyRun(reports.folder);
    expect(run.state).toBe('interrupted');
    expect(run.scenarios[1]!.criteria.length).toBeGreaterThan(10);
    expect(run.scenarios[1]!.figures['apiMsP95']).toBeGreaterThan(0);

    const { exitCode, all } = await pgsurge(['run', '--resume', folder, '--reports', reports.folder]);
    const { run: whole } = onlyRun(reports.folder);
    expect(whole, all).toMatchObject({ id: killed.id, state: 'finished', seed: 5, startedAt: killed.startedAt });
    expect(whole.scenarios.map(({ entry, state: reached }) => [entry, reached])).toEqual([
      ['2x.healthy.1', 'finished'],
      ['2x.healthy.2', 'finished'],
    ]);
    // The first was not touched; the second began anew, on the same clock.
    expect(whole.scenarios[0]).toEqual(killed.scenarios[0]);
    expect(whole.scenarios[1]!.startedMs).toBeGreaterThan(run.scenarios[1]!.phases[0]!.startMs);
    expect(whole.scenarios[1]!.load.seed).toBe(6);
    expect([0, 1, 3]).toContain(exitCode);
    expect(listResidue()).toEqual([]);
    expect((await pgsurge(['run', '--resume', folder, '--reports', reports.folder])).all).toContain(
      'has nothing left to run',
    );
  },
);
