import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compareAtEnd, refuseUnlikeBaseline, releaseFolder } from './baseline.ts';
import { worseOf } from './exit-code.ts';
import type { RunResult } from '../result.ts';
import { historyCommand } from '../cli/commands/history.ts';
import { keepCommand } from '../cli/commands/keep.ts';
import { compareCommand, releasesCommand } from './comparison.ts';
import { interleavedRun, madeCriterion, madeEntry, madeRun } from '../compare/recordings/runs.ts';

let reports = '';
beforeEach(() => {
  reports = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-commands-'));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

const loadObservations = (): Promise<null> => Promise.resolve(null);

const put = (run: RunResult, name = run.id): string => {
  mkdirSync(path.join(reports, name), { recursive: true });
  writeFileSync(path.join(reports, name, 'run.json'), JSON.stringify(run));
  return name;
};

const failing = madeRun({
  id: 'failing',
  scenarios: [madeEntry({ criteria: [madeCriterion('api-p95', 'fail', 300)] })],
});
const lost = madeRun({
  id: 'lost',
  scenarios: [madeEntry({ criteria: [madeCriterion('api-p95', 'inconclusive', null)] })],
});
const broken = madeRun({
  id: 'broken',
  scenarios: [madeEntry({ state: 'failed', message: 'the service ended', criteria: [], checks: [], asExpected: null })],
});
const good = madeRun({ id: 'good', scenarios: [madeEntry({ criteria: [madeCriterion('api-p95', 'pass', 92)] })] });

describe('compare', () => {
  it.each([
    [good, good, 0],
    [good, failing, 1],
    [good, lost, 3],
    [good, broken, 3],
    [failing, good, 0],
  ])('exit code: %#', async (base, head, code) => {
    const found = await compareCommand({ base: put(base, 'base'), head: put(head, 'head'), reports, loadObservations });
    expect(found.exitCode).toBe(code);
    expect(found.files.map((file) => file.path)).toEqual(['compare.html', 'compare.md', 'compare.json']);
    expect(JSON.parse(found.files[2]!.content)).toMatchObject({ schema: 'pgsurge.comparison/1' });
  });

  it('refuses unlike and unfinished runs as wrong use (2), unless forced', async () => {
    const smoke = put(madeRun({ id: 'smoke', profile: { name: 'smoke', timeScale: 900 } }));
    const killed = put(madeRun({ id: 'killed', state: 'running' }));
    await expect(compareCommand({ base: put(good), head: smoke, reports, loadObservations })).rejects.toMatchObject({
      exitCode: 2,
    });
    await expect(compareCommand({ base: killed, head: smoke, reports, loadObservations })).rejects.toMatchObject({
      exitCode: 2,
    });
    const forced = await compareCommand({ base: 'good', head: smoke, reports, loadObservations, force: true });
    expect(forced.files[1]!.content).toMatch(/not alike and were compared by force/);
  });

  it('prints nothing but JSON with --json', async () => {
    const { text } = await compareCommand({
      base: put(good, 'base'),
      head: put(failing, 'head'),
      reports,
      loadObservations,
      json: true,
    });
    expect(JSON.parse(text)).toMatchObject({ verdict: 'regression' });
  });
});

describe('the terminal', () => {
  it('gets no control characters from a run', async () => {
    const criteria = [{ ...madeCriterion('api-p95', 'fail', 300), title: 'clear\u001b[2J\u0007\nline' }];
    const { text } = await compareCommand({
      base: put(good, 'base'),
      head: put({ ...failing, scenarios: [madeEntry({ criteria })] }, 'head'),
      reports,
      loadObservations,
    });
    expect(text).toContain('clear');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/); // oxlint-disable-line no-control-regex
  });
});

describe('keep, then compare by label', () => {
  it('goes round', async () => {
    const said = await keepCommand(put(good), 'v1', { reports });
    expect(said).toMatch(/^kept as v1: .*kept.v1 \(\d+ kB/);
    expect((await compareCommand({ base: 'v1', head: put(failing), reports, loadObservations })).text).toMatch(
      /^Worse: 5x \(fixed\)/,
    );
  });
});

describe('history', () => {
  it('says which runs it could not read, and goes on', async () => {
    put(good);
    mkdirSync(path.join(reports, 'torn'));
    writeFileSync(path.join(reports, 'torn', 'run.json'), '{"schema":"pgsurge');
    const found = await historyCommand({ reports });
    expect(found.text).toMatch(/left out: torn\/run\.json is torn.*\n1 run, 3 trends/);
    expect(found.exitCode).toBe(0);
    expect(found.files.map((file) => file.path)).toEqual(['history.html', 'history.md', 'history.json']);
  });

  it('exits 1 when the newest nightlies got worse', async () => {
    for (let night = 0; night < 24; night += 1) {
      const level = night < 20 ? 100 : 150;
      put(
        madeRun({
          id: `night-${night}`,
          startedAt: new Date(Date.UTC(2026, 0, night + 1)).toISOString(),
          scenarios: [madeEntry({ figures: { apiMsP95: level + (night % 3) } })],
        }),
      );
    }
    expect(await historyCommand({ reports })).toMatchObject({ exitCode: 1 });
  });
});

describe('at the end of a run', () => {
  const lines: string[] = [];
  const progress = {
    line: (text: string) => {
      lines.push(text);
    },
  } as unknown as Parameters<typeof compareAtEnd>[2];

  it('puts the comparison with the baseline beside the report', async () => {
    put(good, 'kept/v1');
    expect(await compareAtEnd({ baseline: 'v1', reports }, path.join(reports, put(failing)), progress)).toBe(1);
    expect(readFileSync(path.join(reports, 'failing', 'compare.md'), 'utf8')).toMatch(/regression/);
  });

  it('leaves the run its own verdict where only the end shows that the two are not alike, and says so', async () => {
    put(madeRun({ id: 'v1', host: { ...good.host, indexBefore: 100, indexAfter: 100 } }), 'kept/v1');
    const slower = put(madeRun({ id: 'slower', host: { ...good.host, indexBefore: 50, indexAfter: 50 } }));
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await compareAtEnd({ baseline: 'v1', reports }, path.join(reports, slower), progress)).toBe(3);
    expect(await compareAtEnd({ baseline: 'v9', reports }, path.join(reports, slower), progress)).toBe(3);
    expect(said.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/^pgsurge: not compared: .*host was 50 % slower/),
      expect.stringMatching(/^pgsurge: not compared: .*no saved run "v9"/),
    ]);
    said.mockRestore();
    expect(worseOf(1, 3)).toBe(1);
  });

  it('refuses before the load what is known by then: profile, stack, scenarios and their files', async () => {
    const entry = good.scenarios[0]!;
    put(madeRun({ id: 'v1' }), 'kept/v1');
    const known = (
      over: Partial<Parameters<typeof refuseUnlikeBaseline>[0]>,
      planned = [{ ...entry, state: 'pending' as const }],
      profile = good.profile.name as 'smoke',
    ): Promise<void> =>
      refuseUnlikeBaseline(
        { baseline: 'v1', reports, stack: good.stack.provider, dryRun: true, ...over },
        planned,
        { name: profile, factor: good.profile.timeScale, purpose: '' },
        () => undefined,
      );
    await expect(known({})).resolves.toBeUndefined();
    await expect(known({}, undefined, 'full' as 'smoke')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^this run would not be alike --baseline v1: the profile was/) as string,
    });
    await expect(known({ stack: 'compose' })).rejects.toThrow(/the stack was local, then compose/);
    await expect(known({}, [{ ...entry, name: 'another', state: 'pending' }])).rejects.toThrow(
      /no scenario and variant in common/,
    );
    await expect(known({}, [{ ...entry, scenarioHash: 'changed', state: 'pending' }])).rejects.toThrow(
      /the scenario's file changed/,
    );
    await expect(known({ baseline: 'v9' })).rejects.toThrow(/no saved run "v9"/);
  });

  it('compares the two releases of an interleaved run', async () => {
    const run = path.join(reports, put(interleavedRun({ repeats: 8, cv: 0.02, change: { apiMsP95: 1.5 } })));
    expect(await compareAtEnd({ against: '../last', reports }, run, progress)).toBe(1);
    expect((await releasesCommand(run, reports, loadObservations))!.comparison.base.name).toBe('last-release');
    expect(await releasesCommand(put(good), reports, loadObservations)).toBeNull();
  });

  it('lets a failure beat an inconclusive, and an interruption both', () => {
    expect([worseOf(0, 1), worseOf(3, 1), worseOf(1, 0), worseOf(3, 0), worseOf(0, 0), worseOf(130, 1)]).toEqual([
      1, 1, 1, 3, 0, 130,
    ]);
  });

  it('finds the service in a checkout, and says what to give where there is none', () => {
    expect(releaseFolder('.')).toBe(path.resolve('service'));
    expect(releaseFolder('service')).toBe(path.resolve('service'));
    expect(() => releaseFolder(reports)).toThrow(/there is no release of the service there/);
  });
});
