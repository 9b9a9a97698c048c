import { execaSync } from 'execa';
import { expect, test } from 'vitest';
import { gitCommitsBetween } from '../archive/provenance.ts';
import { history } from '../compare/history.ts';
import { interleavedRun, madeEntry, madeRun, saved } from '../compare/recordings/runs.ts';
import { summaryOf } from '../report/summary.ts';
import type { RunResult } from '../result.ts';
import { sinceWhen, sinceWhenOf } from './since-when.ts';

const git = (...args: string[]): string => execaSync('git', args).stdout.trim();
const isWhole = git('rev-list', '--count', 'HEAD') !== '1';

test.skipIf(!isWhole)('git says which commits lie between; of one that it does not know, nothing', async () => {
  const [before, after] = [git('rev-parse', 'HEAD~1'), git('rev-parse', 'HEAD')];
  const title = git('log', '-1', '--format=%s', 'HEAD');
  expect(await gitCommitsBetween(before, after)).toContain(`${git('log', '-1', '--abbrev=8', '--format=%h')} ${title}`);
  expect(await gitCommitsBetween('1'.repeat(40), after)).toBeNull();
  expect(await gitCommitsBetween('--output=/tmp/x', after)).toBeNull();
});

const night = (day: number, change: Partial<RunResult> = {}): ReturnType<typeof saved> => {
  const startedAt = `2026-11-${String(day).padStart(2, '0')}T02:00:00Z`;
  return saved(madeRun({ id: `run-${day}`, label: `night-${day}`, startedAt, ...change }));
};

test('a red run has three lines in summary.md, a good one none', async () => {
  const red = night(2, { verdict: 'fail' });
  const since = await sinceWhen([night(1)], red);
  expect(since).toHaveLength(3);
  const summary = summaryOf({ ...red.run, since });
  expect(summary.match(/^- (Red since|Versions|Host).*$/gm)).toHaveLength(3);
  expect(summaryOf(red.run)).not.toContain('Red since');
  expect(await sinceWhen([night(1)], night(2))).toEqual([]);
});

test('a history tells it of its newest run, and of the run after which a gated figure got worse', async () => {
  const steady = interleavedRun({ repeats: 30, cv: 0.01 }).scenarios.filter(({ release }) => release === 'head');
  const nights = steady.map(({ figures }, index) => {
    const slower = index < 26 ? 1 : 2;
    const changed = { ...figures, cpuMillisecondsPerJob: figures['cpuMillisecondsPerJob']! * slower };
    return night(index + 1, { scenarios: [madeEntry({ figures: changed })] });
  });
  const found = history(nights);
  expect(found.verdict).toBe('regression');
  expect((await sinceWhenOf(nights, found))[0]).toMatch(
    /^Red since .*\(night-27, 4 runs in a row\); last good .*night-26/,
  );
  const red = [...nights.slice(0, 20), night(21, { verdict: 'fail' })];
  expect((await sinceWhenOf(red, history(red)))[0]).toMatch(/\(night-21\); last good .*\(night-20\)/);
  expect(await sinceWhenOf(nights.slice(0, 20), history(nights.slice(0, 20)))).toEqual([]);
});
