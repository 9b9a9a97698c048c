import { describe, expect, it } from 'vitest';
import type { Verdict } from '../result.ts';
import { compareReleases, compareRuns, isInterleaved } from './compare.ts';
import { interleavedRun, madeCriterion, madeEntry, madeRollUp, madeRun, saved } from './recordings/runs.ts';

const run = (
  entry: Parameters<typeof madeEntry>[0] = {},
  change: Parameters<typeof madeRun>[0] = {},
): ReturnType<typeof saved> => saved(madeRun({ scenarios: [madeEntry(entry)], ...change }));

describe('saved runs', () => {
  it('says "not enough data" of figures, never "same", whatever they are', () => {
    const figures = (apiMsP95: number): { figures: Record<string, number> } => ({
      figures: { apiMsP95, queriesPerJob: 40 },
    });
    const found = compareRuns(run(figures(92)), run(figures(190)));
    expect(found.metrics.map(({ metric, verdict, gated }) => [metric, verdict, gated])).toEqual([
      ['queriesPerJob', 'notEnoughData', false],
      ['apiMsP95', 'notEnoughData', false],
    ]);
    expect(found.metrics[1]!.relative).toBeCloseTo(190 / 92 - 1, 10);
    expect(found.verdict).toBe('notEnoughData');
    expect(found.sentence).toMatch(/one run a side cannot show/);
  });

  it('is a regression when a criterion begins to fail, and says so first', () => {
    const head = run({
      criteria: [madeCriterion('lost-data', 'pass', 0), madeCriterion('api-p95', 'fail', 260)],
      asExpected: false,
    });
    const found = compareRuns(run(), head);
    expect(found.verdict).toBe('regression');
    expect(found.sentence).toBe(
      'Worse: 5x (fixed): “Interactive requests stay fast” was pass, is fail (92 ms, then 260 ms).',
    );
    expect(found.criteria).toHaveLength(1);
  });

  it('is an improvement when a criterion passes again, and nothing when it fails still', () => {
    const failing = run({ criteria: [madeCriterion('api-p95', 'fail', 260)], asExpected: false });
    expect(compareRuns(failing, run()).verdict).toBe('improvement');
    expect(compareRuns(failing, failing).criteria).toEqual([]);
  });

  it('is inconclusive when a criterion can no longer be judged: unknown is never a pass', () => {
    const found = compareRuns(
      run(),
      run({
        criteria: [madeCriterion('lost-data', 'pass', 0), madeCriterion('api-p95', 'inconclusive', null)],
        asExpected: null,
      }),
    );
    expect(found.verdict).toBe('inconclusive');
    expect(found.nextStep).toMatch(/generator fell behind/);
  });

  it('is inconclusive when an entry of head never finished, and names it; the rest of the run does not hide it', () => {
    const base = saved(madeRun({ scenarios: [madeEntry(), madeEntry({ name: '2x' })] }));
    const broken = madeEntry({
      name: '2x',
      state: 'failed',
      message: 'replica 0 ended while it started',
      criteria: [],
      checks: [],
      figures: {},
      asExpected: null,
    });
    const found = compareRuns(base, saved(madeRun({ scenarios: [madeEntry(), broken] })));
    expect(found).toMatchObject({
      verdict: 'inconclusive',
      nextStep: 'Run head again: 2x.fixed.1 is "failed": replica 0 ended while it started',
      onlyBase: [],
    });
    expect(found.sentence).toBe('Not comparable: 2x (fixed): “Ran to its end” was pass, is inconclusive.');
    const alone = compareRuns(
      saved(madeRun({ scenarios: [madeEntry({ name: '2x' })] })),
      saved(madeRun({ scenarios: [broken] })),
    );
    expect(alone).toMatchObject({ verdict: 'inconclusive', unlike: [], metrics: [] });
    const failing = madeEntry({ criteria: [madeCriterion('api-p95', 'fail', 260)] });
    expect(compareRuns(base, saved(madeRun({ scenarios: [failing, broken] }))).sentence).toMatch(
      /^Worse: 5x .* Besides, not comparable: 2x \(fixed\): “Ran to its end”/,
    );
  });

  it('says which scenarios head was not asked for', () => {
    const base = saved(madeRun({ scenarios: [madeEntry(), madeEntry({ name: 'burst' })] }));
    expect(compareRuns(base, run()).sentence).toMatch(/not enough data\. Not part of head’s run: burst \(fixed\)\.$/);
  });

  it.each([
    [
      'gone',
      { criteria: [madeCriterion('lost-data', 'pass', 0)] },
      /“Interactive requests stay fast” was pass, is not judged/,
    ],
    [
      'not applicable',
      { criteria: [madeCriterion('lost-data', 'pass', 0), madeCriterion('api-p95', 'notApplicable', null)] },
      /“Interactive requests stay fast” was pass, is not judged/,
    ],
    ['a check gone', { checks: [] }, /“one effect per task” was pass, is inconclusive/],
    [
      'a check inconclusive',
      { checks: [{ ...madeEntry().checks[0]!, status: 'inconclusive' as const }] },
      /“one effect per task” was pass, is inconclusive/,
    ],
  ])('is inconclusive when head no longer judges what base did: %s', (_, change, sentence) => {
    const found = compareRuns(run(), run(change));
    expect(found.verdict).toBe('inconclusive');
    expect(found.sentence).toMatch(sentence);
    expect(compareRuns(run(change), run()).verdict).toBe('notEnoughData');
  });

  it('is a regression when a criterion that base did not have fails', () => {
    const found = compareRuns(
      run(),
      run({ criteria: [...madeEntry().criteria, madeCriterion('brand-new', 'fail', 3)] }),
    );
    expect(found).toMatchObject({
      verdict: 'regression',
      sentence: 'Worse: 5x (fixed): “brand-new” was not judged, is fail.',
    });
  });

  it('counts exactly: one lost write more is a regression, also where the criterion failed before', () => {
    const lost = (count: number): ReturnType<typeof run> =>
      run({ criteria: [madeCriterion('lost-data', 'fail', count)] });
    expect(compareRuns(lost(1), lost(2)).verdict).toBe('regression');
    expect(compareRuns(lost(2), lost(1)).verdict).toBe('improvement');
    const doubled = run({ checks: [{ ...madeEntry().checks[0]!, status: 'violated', violations: 1 }] });
    expect(compareRuns(run(), doubled).sentence).toMatch(/one effect per task, 0, then 1/);
  });

  it('asks of a broken variant only that it is as expected', () => {
    const broken = (change: object): ReturnType<typeof run> =>
      run({ variant: 'broken', expected: 'symptoms', criteria: [madeCriterion('api-p95', 'fail', 900)], ...change });
    expect(compareRuns(broken({}), broken({ criteria: [madeCriterion('api-p95', 'pass', 9)] })).verdict).toBe(
      'notEnoughData',
    );
    expect(compareRuns(broken({}), broken({ asExpected: false, reason: 'not-reproduced' })).sentence).toMatch(
      /Shows its symptoms” was pass, is fail/,
    );
  });

  it.each([
    [{ profile: { name: 'smoke', timeScale: 900 } }, /the profile was/],
    [{ stack: { ...madeRun().stack, provider: 'compose' as const } }, /the stack was local, then compose/],
    [{ stack: { ...madeRun().stack, versions: { postgres: '17.2' } } }, /major version was 18, then 17/],
    [{ stack: { ...madeRun().stack, settings: { max_connections: 200 } } }, /max_connections was 90, then 200/],
    [{ host: { ...madeRun().host, indexBefore: 850, indexAfter: 860 } }, /the host was 15 % slower/],
    [{ scenarios: [madeEntry({ scenarioHash: 'fedcba98' })] }, /the scenario's file changed/],
    [{ scenarios: [madeEntry({ load: { interactivePerSecond: 40, seed: 1 } })] }, /the load is not the same/],
    [{ scenarios: [madeEntry({ stackSettings: { poolerPoolSize: 20 } })] }, /poolerPoolSize was 40, then 20/],
    [{ scenarios: [madeEntry({ name: '2x' })] }, /no scenario and variant in common/],
  ])('refuses runs that are not alike, with the reason: %#', (change, reason) => {
    expect(() => compareRuns(run(), run({}, change))).toThrow(reason);
    if (!('scenarios' in change) || change.scenarios?.[0]?.name !== '2x') {
      expect(compareRuns(run(), run({}, change), { force: true }).unlike.join(' ')).toMatch(reason);
    }
  });

  it('takes other ports and folders, and a host within 10 %, for alike', () => {
    const settings = { max_connections: 90, port: 21_000, data_directory: 'a' };
    const head = run(
      {},
      {
        stack: { ...madeRun().stack, settings: { ...settings, port: 21_500, data_directory: 'b' } },
        host: { ...madeRun().host, indexBefore: 950, indexAfter: 940 },
      },
    );
    expect(compareRuns(run({}, { stack: { ...madeRun().stack, settings } }), head).unlike).toEqual([]);
  });

  it('lists settings and versions that differ, and what only one side has', () => {
    const head = run(
      { settings: { poolMax: 36, workers: 30 } },
      { stack: { ...madeRun().stack, versions: { postgres: '18.5', pgbouncer: '1.25.2', k6: '2.2.0' } } },
    );
    const base = saved(madeRun({ scenarios: [madeEntry(), madeEntry({ name: 'burst' })] }));
    const found = compareRuns(base, head);
    expect(found.differences).toEqual([
      { what: 'version', name: 'postgres', base: '18.4', head: '18.5' },
      { what: 'setting of 5x (fixed)', name: 'poolMax', base: '18', head: '36' },
    ]);
    expect(found.onlyBase).toEqual(['burst (fixed)']);
  });

  it('pairs blocks along the two time lines, aligned by phase, as evidence that never gates', () => {
    const base = saved(madeRun(), { '5x.fixed.1': madeRollUp(90, 1) });
    const slower = compareRuns(base, saved(madeRun(), { '5x.fixed.1': madeRollUp(135, 2) }));
    const { blocks, verdict } = slower.metrics.find(({ metric }) => metric === 'apiMsP95')!;
    expect(blocks!.relative).toBeCloseTo(0.5, 1);
    expect(blocks!.interval.low).toBeGreaterThan(0.3);
    expect(blocks).toMatchObject({ blocks: 22, higher: 22 });
    expect(verdict).toBe('notEnoughData');
    expect(slower.timelines).toHaveLength(1);
    expect(slower.timelines[0]!.base).toHaveLength(slower.timelines[0]!.head.length);
    const same = compareRuns(base, saved(madeRun(), { '5x.fixed.1': madeRollUp(90, 5) })).metrics.find(
      ({ metric }) => metric === 'apiMsP95',
    )!.blocks!;
    expect(same.interval.low).toBeLessThan(0);
    expect(same.interval.high).toBeGreaterThan(0);
  });
});

describe('two releases, interleaved', () => {
  it('finds a planted change, its size and its direction', () => {
    const found = compareReleases(saved(interleavedRun({ repeats: 10, cv: 0.03, change: { queryMsP95: 2.1 } })));
    expect(found.verdict).toBe('regression');
    expect(found.sentence).toMatch(/^Worse: 5x \(fixed\): query latency p95 \+1\d\d %/);
    expect(found.metrics.filter(({ verdict }) => verdict === 'regression').map(({ metric }) => metric)).toEqual([
      'queryMsP95',
    ]);
    expect(found.metrics.filter(({ verdict }) => verdict === 'same')).toHaveLength(5);
    expect(found.gates).toMatchObject({ count: 6, repeatsBase: 10, repeatsHead: 10 });
  });

  it('calls faster an improvement', () => {
    expect(
      compareReleases(saved(interleavedRun({ repeats: 10, cv: 0.03, change: { connectionSecondsPerJob: 0.8 } })))
        .verdict,
    ).toBe('improvement');
  });

  it('is quiet on unchanged releases, and prints what it would have found', () => {
    const found = compareReleases(saved(interleavedRun({ repeats: 10, cv: 0.03 })));
    expect(found.verdict).toBe('same');
    expect(found.sentence).toMatch(
      /No difference found between the two releases: 6 gates, 10 repeats a side\. A change of \d+ % in the quietest/,
    );
    for (const { detectable } of found.metrics) expect(detectable!).toBeLessThan(0.15);
  });

  const withCriterion = (base: Verdict[], head: Verdict[]): ReturnType<typeof compareReleases> => {
    const run = interleavedRun({ repeats: base.length, cv: 0.02, seed: 3 });
    return compareReleases(
      saved({
        ...run,
        scenarios: run.scenarios.map((entry) => ({
          ...entry,
          criteria: [madeCriterion('api-p95', (entry.release === 'base' ? base : head)[entry.repeat - 1]!, 100)],
        })),
      }),
    );
  };

  it('weighs a criterion over the repeats: six failures of six are a regression, four against one could be chance', () => {
    const [pass, fail, lost] = ['pass', 'fail', 'inconclusive'] as const;
    expect(withCriterion([pass, pass, pass, pass, pass, pass], [fail, fail, fail, fail, fail, fail]).verdict).toBe(
      'regression',
    );
    const unsure = withCriterion([pass, pass, pass, pass, pass, fail], [fail, fail, fail, fail, pass, pass]);
    expect(unsure.verdict).toBe('same');
    expect(unsure.criteria[0]).toMatchObject({
      change: 'other',
      reason: 'failed in 1 of 6 repeats of base and 4 of 6 of head: this could be chance. measured',
    });
    expect(withCriterion([pass, pass, pass, pass, pass, pass], [lost, lost, lost, lost, lost, lost]).verdict).toBe(
      'inconclusive',
    );
    expect(withCriterion([pass, pass, lost, lost, lost, lost], [pass, lost, lost, lost, lost, lost]).verdict).toBe(
      'same',
    );
  });

  it('never calls all against none chance, however few the repeats', () => {
    const [pass, fail, lost] = ['pass', 'fail', 'inconclusive'] as const;
    expect(withCriterion([pass, pass], [fail, fail]).verdict).toBe('regression');
    expect(withCriterion([pass, pass, pass], [fail, fail, fail]).verdict).toBe('regression');
    expect(withCriterion([pass, pass], [lost, lost]).verdict).toBe('inconclusive');
    expect(withCriterion([fail, fail], [pass, pass]).verdict).toBe('improvement');
    expect(withCriterion([pass, pass], [pass, fail]).criteria[0]).toMatchObject({ change: 'other' });
  });

  it('says so where the noise hides even a fivefold value', () => {
    expect(compareReleases(saved(interleavedRun({ repeats: 6, cv: 0.9, seed: 5 }))).sentence).toMatch(
      /6 of 6 figures were too noisy here to find even a fivefold value/,
    );
  });

  it('says "not enough data" below six repeats, also of a doubled figure', () => {
    const found = compareReleases(saved(interleavedRun({ repeats: 5, cv: 0.01, change: { apiMsP95: 2 } })));
    expect(new Set(found.metrics.map(({ verdict }) => verdict))).toEqual(new Set(['notEnoughData']));
    expect(found.verdict).toBe('notEnoughData');
  });

  it('asks for more repeats where so many gates could never show anything', () => {
    const twenty = interleavedRun({ repeats: 6, cv: 0.01 });
    const scenarios = Array.from({ length: 5 }, (_, index) =>
      twenty.scenarios.map((entry) => ({ ...entry, name: `s${index}` })),
    ).flat();
    const found = compareReleases(saved({ ...twenty, scenarios }));
    expect(found.gates).toMatchObject({ count: 30, repeatsNeeded: 7 });
    expect(found.nextStep).toBe('Repeat with --repeats 7 or more.');
  });

  it('knows an interleaved run', () => {
    expect(isInterleaved(interleavedRun({ repeats: 1, cv: 0 }))).toBe(true);
    expect(isInterleaved(madeRun())).toBe(false);
  });
});
