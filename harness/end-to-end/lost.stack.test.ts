/**
 * What the run stands on is taken away while it runs: said in one line, blamed on nobody's service, nothing lost,
 * nothing left.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { exitCodes } from '../errors.ts';
import { prepare } from '../run/prepare.ts';
import { runPrepared } from '../run/run.ts';
import { isAlive } from '../system/proc.ts';
import { listResidue, readRecord, runsFolder, type OwnedRecord } from '../system/residue.ts';
import { silentProgress } from '../run/progress.ts';
import { onlyRun, pgsurge, reportsFolder, stateOfTheirOwn, untilLoaded } from './runs.ts';

const state = stateOfTheirOwn();
afterAll(() => state[Symbol.dispose]());

/** What the only run under way has started. */
const owned = (): OwnedRecord[] =>
  readdirSync(runsFolder())
    .flatMap((file) => readRecord(file.replace(/\.json$/, ''))?.processes ?? [])
    .filter(isAlive);

const killPart = (name: string): void => {
  const found = owned().find((process) => process.name === name);
  if (found === undefined)
    throw new Error(
      `no ${name} runs: ${owned()
        .map((one) => one.name)
        .join(', ')}`,
    );
  process.kill(found.pid, 'SIGKILL');
};

const eventsOf = (folder: string): { type: string; atMs: number; entry?: string }[] =>
  readFileSync(path.join(folder, 'events.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; atMs: number; entry?: string });

test(
  'Postgres killed in mid-run: its entry is inconclusive with the reason, the next runs on a stack of its own, exit 3',
  { tags: 'full' },
  async () => {
    using reports = reportsFolder();
    const running = pgsurge(['run', 'baseline', '--repeats', '2', '--reports', reports.folder]);
    await untilLoaded(reports.folder);
    await sleep(2000);
    killPart('postgres');
    const { exitCode, all } = await running;
    const { folder, run } = onlyRun(reports.folder);
    const [first, second] = run.scenarios;
    expect(run.sentence, all).toMatch(/Postgres ended by itself \d+ s into baseline \(SIGKILL\).*; .*run again/);
    expect(all).not.toMatch(/ECONNREFUSED|^\s+at /m);
    expect(first).toMatchObject({ state: 'failed', verdict: 'inconclusive', asExpected: null, grade: null });
    expect(
      [...new Set(first!.criteria.map(({ verdict }) => verdict))].filter((verdict) => verdict !== 'notApplicable'),
    ).toEqual(['inconclusive']);
    // What was seen until then is there, and the load did not go on without its database.
    expect(first!.loadTotals!.requests).toBeGreaterThan(10);
    expect(first!.figures['apiMsP95']).toBeGreaterThan(0);
    const lost = eventsOf(folder).find(({ type }) => type === 'stack-lost')!;
    expect(first!.endedMs! - lost.atMs).toBeLessThan(15_000);
    expect(first!.endedMs!).toBeLessThan(first!.phases.at(-1)!.endMs + 5000);
    expect(second).toMatchObject({ state: 'finished' });
    expect(second!.criteria.find(({ id }) => id === 'goodput')).toMatchObject({ verdict: 'pass' });
    expect(exitCode).toBe(exitCodes.inconclusive);
    for (const file of ['report.html', 'summary.md', 'junit.xml'])
      expect(existsSync(path.join(folder, file)), file).toBe(true);
    expect(readFileSync(path.join(folder, 'junit.xml'), 'utf8').split('</testsuite>')[0]).not.toContain('<failure');
    expect(listResidue()).toEqual([]);
    // Judged anew, it is still nobody's fault.
    await pgsurge(['report', folder, '--regrade']);
    expect(onlyRun(reports.folder).run).toMatchObject({
      regraded: true,
      verdict: 'inconclusive',
      sentence: expect.stringContaining('Postgres ended by itself') as string,
    });
  },
);

test.each([
  ['pgbouncer 1', /^PgBouncer 1 ended by itself \d+ s into baseline \(SIGKILL\)/, []],
  ['k6', /^k6 was killed by SIGKILL while it drove baseline\.ts/, []],
  ['tap', /^the tap ended by itself \d+ s into baseline \(SIGKILL\)/, ['--tap']],
])(
  '%s killed in mid-run: said so, and no failure of the service',
  { tags: 'full' },
  async (part, sentence, options) => {
    using reports = reportsFolder();
    const running = pgsurge(['run', 'baseline', ...options, '--reports', reports.folder]);
    await untilLoaded(reports.folder);
    await sleep(1000);
    killPart(part);
    const { exitCode, all } = await running;
    const { run } = onlyRun(reports.folder);
    expect(run.sentence, all).toMatch(sentence);
    expect(run.scenarios[0]).toMatchObject({ state: 'failed', verdict: 'inconclusive', lost: true });
    expect(exitCode).toBe(exitCodes.inconclusive);
    expect(listResidue()).toEqual([]);
  },
);

test(
  'an entry that cannot even start ends the run with its own error, and what was measured before it is reported',
  { tags: 'full' },
  async () => {
    using reports = reportsFolder();
    const prepared = await prepare(
      {
        scenarios: ['baseline'],
        argv: ['run', 'baseline'],
        profile: 'smoke',
        stack: 'local',
        variant: 'all',
        repeats: 3,
        reports: reports.folder,
        seed: 1,
        allowHost: [],
      },
      () => undefined,
    );
    const entries = prepared.plan.entries.map((entry, index) =>
      index === 1 ? { ...entry, variant: { ...entry.variant, service: { noSuchSetting: 1 } } } : entry,
    );
    await expect(runPrepared({ ...prepared, plan: { ...prepared.plan, entries } }, silentProgress)).rejects.toThrow(
      /noSuchSetting/,
    );
    const { folder, run } = onlyRun(reports.folder);
    expect(run.scenarios.map(({ state: reached }) => reached)).toEqual(['finished', 'failed', 'pending']);
    expect(run).toMatchObject({ state: 'failed', endedAt: expect.any(String) as string });
    expect(run.scenarios[0]!.criteria.find(({ id }) => id === 'goodput')).toMatchObject({ verdict: 'pass' });
    expect(run.scenarios[1]!.reason).toContain('noSuchSetting');
    for (const file of ['report.html', 'junit.xml']) expect(existsSync(path.join(folder, file)), file).toBe(true);
    expect(realpathSync(path.join(reports.folder, 'latest'))).toBe(realpathSync(folder));
    expect(listResidue()).toEqual([]);
  },
);

test('a run that measured nothing says so, and does not hide the good one before it', async () => {
  using reports = reportsFolder();
  const before = path.join(reports.folder, 'before');
  mkdirSync(before);
  symlinkSync('before', path.join(reports.folder, 'latest'));
  const script = fileURLToPath(new URL('./fixtures/shop.js', import.meta.url));
  const { exitCode, all } = await pgsurge([
    'run',
    script,
    '--stack',
    'external',
    '--database-url',
    'postgres://probe@127.0.0.1:9/shop',
    '--target-url',
    'http://127.0.0.1:9',
    '--reports',
    reports.folder,
  ]);
  expect(exitCode).toBe(exitCodes.environment);
  expect(all.split('\n').filter((line) => line.startsWith('pgsurge: '))).toEqual([
    expect.stringContaining('nothing answers at --target-url'),
  ]);
  expect(readlinkSync(path.join(reports.folder, 'latest'))).toBe('before');
  rmSync(before, { recursive: true });
  const { folder, run } = onlyRun(reports.folder);
  expect(run).toMatchObject({ state: 'failed', verdict: 'inconclusive' });
  expect(existsSync(path.join(folder, 'report.html'))).toBe(true);
});
