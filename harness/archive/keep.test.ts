import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observations } from '../measure/tracks/observations.ts';
import { normalFrom, randomFrom } from '../measure/statistics/random.ts';
import type { RunResult } from '../result.ts';
import { keepRun, keptFiles, mostKeptBytes } from './keep.ts';
import { readRun } from './read-run.ts';
import { madeCriterion, madeEntry, madeRollUp, madeRun } from '../compare/recordings/runs.ts';

let reports = '';
beforeEach(() => {
  reports = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-keep-'));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

const put = (run: RunResult): string => {
  const folder = path.join(reports, run.id);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify(run));
  return folder;
};

const observed: Observations = {
  series: [],
  logLines: [],
  sources: [],
  histograms: [
    {
      name: 'http_req_duration',
      labels: { kind: 'interactive', outcome: 'ok' },
      tMs: Float64Array.from({ length: 60 }, (_, second) => (second + 1) * 1000),
      histograms: Array.from({ length: 60 }, () => ({
        scale: 3,
        count: 20,
        sum: 1000,
        min: 40,
        max: 60,
        zeroCount: 0,
        offset: 43,
        counts: [20],
      })),
    },
  ],
};

const observationsOf = (): Promise<Observations> => Promise.resolve(observed);

/** About as large as an evening of everything: so many entries with long texts and twenty tracks each. */
const large = (entries: number): { run: RunResult; rollUps: Record<string, ReturnType<typeof madeRollUp>> } => {
  const normal = normalFrom(randomFrom(4));
  const scenarios = Array.from({ length: entries }, (_, index) =>
    madeEntry({
      name: `scenario-${index}`,
      entry: `scenario-${index}.fixed.1`,
      settings: Object.fromEntries(Array.from({ length: 100 }, (_unused, setting) => [`setting${setting}`, setting])),
      criteria: Array.from({ length: 15 }, (_unused, criterion) => ({
        ...madeCriterion(`criterion-${criterion}`, 'pass', normal()),
        reason: 'a long reason '.repeat(20),
      })),
    }),
  );
  const rollUps = Object.fromEntries(
    scenarios.map(({ entry }, position) => [
      entry,
      {
        ...madeRollUp(100, 1),
        tracks: Array.from({ length: 20 }, (_, index) => ({
          id: index === 0 ? 'latency.p95' : `track-${index}`,
          title: 't',
          unit: 'ms',
          values: madeRollUp(100, 100 * position + index).tracks[0]!.values,
        })),
      },
    ]),
  );
  return { run: madeRun({ scenarios }), rollUps };
};

describe('keep', () => {
  it('stores the run without evidence, with roll-ups, under its label', async () => {
    const kept = await keepRun(put(madeRun()), 'v1.2', path.join(reports, 'kept'), { observationsOf });
    expect(kept.bytes).toBeLessThanOrEqual(mostKeptBytes);
    const read = readRun('v1.2', reports);
    expect(read.name).toBe('v1.2');
    expect(read.run.scenarios[0]!.criteria[0]!.evidence).toBeNull();
    expect(read.run.scenarios[0]!.figures).toEqual(madeEntry().figures);
    const track = read.rollUps['5x.fixed.1']!.tracks.find(({ id }) => id === 'latency.p95')!;
    expect(track.values.length).toBeLessThanOrEqual(120);
    expect(Math.max(...track.values.map((value) => value ?? 0))).toBeGreaterThan(40);
    expect(readdirSync(path.join(reports, 'kept'))).toEqual(['v1.2']);
  });

  it('refuses a label that is no plain name, one that is taken, and an unfinished run', async () => {
    const folder = put(madeRun());
    const into = path.join(reports, 'kept');
    for (const label of ['../x', 'a b', '', '.hidden', '<script>', 'x'.repeat(81), 'latest', 'a/b', 'é']) {
      await expect(keepRun(folder, label, into, { observationsOf })).rejects.toThrow(/cannot be a label/);
    }
    await keepRun(folder, 'v1', into, { observationsOf });
    await expect(keepRun(folder, 'v1', into, { observationsOf })).rejects.toThrow(/is taken/);
    await keepRun(folder, 'v1', into, { observationsOf, replace: true });
    await expect(
      keepRun(put(madeRun({ id: 'killed', state: 'running' })), 'v2', into, { observationsOf }),
    ).rejects.toThrow(/never came to its end/);
  });

  it.each([1, 4, 12, 40])('fits %i entries into 130 kB, giving up tracks and points last', (entries) => {
    const { run, rollUps } = large(entries);
    const { files, note } = keptFiles(run, rollUps, 'v1');
    const bytes = Object.values(files).reduce((total, content) => total + content.length, 0);
    expect(bytes).toBeLessThanOrEqual(mostKeptBytes);
    expect(note).toContain(entries === 40 ? 'compared roll-ups' : '120 points');
  });
});
