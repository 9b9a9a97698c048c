import { expect, test } from 'vitest';
import { madeCriterion, madeEntry, madeRun } from './recordings/runs.ts';
import { sinceLines, turnAt, turnOf, type NamedRun } from './since.ts';
import type { RunResult } from '../result.ts';

/** The night of that day in November. */
const night = (day: number, change: Partial<RunResult> = {}): NamedRun => ({
  name: `night-${day}`,
  run: madeRun({
    id: `run-${day}`,
    startedAt: `2026-11-${String(day).padStart(2, '0')}T02:00:00Z`,
    git: { commit: String(day).padStart(2, '0').repeat(10), dirty: false },
    ...change,
  }),
});
const red = { verdict: 'fail' as const };

test('from the last good run to the first that was not, however many are red since', () => {
  const nights = [night(1), night(2), night(3, red), night(4, { verdict: 'inconclusive' })];
  const turn = turnOf(nights, night(5, red))!;
  expect([turn.good.name, turn.bad.name, turn.red]).toEqual(['night-2', 'night-3', 3]);
  expect(sinceLines(turn, ['0303 Drop the index'])[0]).toBe(
    'Red since 2026-11-03 02:00 (night-3, 3 runs in a row); last good 2026-11-02 02:00 (night-2). ' +
      '1 commit, 02020202 to 03030303: 0303 Drop the index.',
  );
});

test('says nothing of a good run, without a good one before it, or beside runs of another kind', () => {
  expect(turnOf([night(1)], night(2))).toBeNull();
  expect(turnOf([night(1, red)], night(2, red))).toBeNull();
  expect(turnOf([night(1, { name: '5x' })], night(2, red))).toBeNull();
  expect(turnOf([night(1, { profile: { name: 'smoke', timeScale: 900 } })], night(2, red))).toBeNull();
  expect(turnOf([night(3)], night(2, red))).toBeNull();
  expect(turnOf([night(1, { state: 'interrupted' })], night(2, red))).toBeNull();
});

test('three lines: commits, then versions, settings and files, then the host', () => {
  const stack = { ...madeRun().stack, versions: { postgres: '18.5', pgbouncer: '1.25.2', k6: '2.2.0' } };
  const bad = night(2, {
    ...red,
    stack,
    scenarios: [madeEntry({ settings: { poolMax: 4, workers: 30 }, scenarioHash: 'ffff' })],
    host: { ...madeRun().host, indexBefore: 800, indexAfter: 820 },
  });
  const lines = sinceLines(turnOf([night(1)], bad)!, ['a One', 'b Two', 'c Three', 'd Four', 'e Five']);
  expect(lines).toEqual([
    'Red since 2026-11-02 02:00 (night-2); last good 2026-11-01 02:00 (night-1). ' +
      '5 commits, 01010101 to 02020202: a One; b Two; c Three; and 2 more.',
    'Changed beside them: the file of 5x; version postgres 18.4 → 18.5; setting of 5x (fixed) poolMax 18 → 4.',
    'Host: the same kind (made, 2 cores), 19 % slower (host index 1,005, then 810).',
  ]);
});

test('the same everywhere is said, so that nobody looks for it', () => {
  const same = sinceLines(turnOf([night(1)], night(2, { ...red, git: night(1).run.git }))!, []);
  expect(same[0]).toContain('Commit: the same, 01010101.');
  expect(same[1]).toBe('Versions, settings and scenario files: the same.');
  expect(same[2]).toContain('as fast as before');
  const changed = night(2, { ...red, git: { ...night(1).run.git, dirty: true } });
  expect(sinceLines(turnOf([night(1)], changed)!, [])[0]).toContain('with changes that are in none');
  expect(sinceLines(turnOf([night(1)], night(2, red))!, null)[0]).toContain('which this clone does not know');
  const unknown = night(2, { ...red, git: { commit: null, dirty: null } });
  expect(sinceLines(turnOf([night(1)], unknown)!, null)[0]).toContain('Commits: not known');
});

test('a long title of a commit is cut short', () => {
  const [first] = sinceLines(turnOf([night(1)], night(2, red))!, [`abcd ${'very '.repeat(40)}long`]);
  expect(first).toMatch(/: abcd very .{50,70}…\.$/);
});

test('a waiver that ended, and another machine, are named', () => {
  const waiver = { criterion: 'api-p95', reason: 'later', until: '2026-11-01', state: 'expired' as const };
  const criteria = [{ ...madeCriterion('api-p95', 'fail', 260), waiver }];
  const bad = night(2, { ...red, scenarios: [madeEntry({ criteria })], host: { ...madeRun().host, cores: 4 } });
  const lines = sinceLines(turnOf([night(1)], bad)!, []);
  expect(lines[1]).toBe('Changed beside them: the waiver for api-p95 ended on 2026-11-01.');
  expect(lines[2]).toMatch(/^Host: cores 2 → 4, /);
});

test('a change that the history tells is from the run before it', () => {
  const turn = turnAt([night(1), night(2, { name: 'other' }), night(3), night(4)], 'night-3')!;
  expect([turn.good.name, turn.bad.name, turn.red]).toEqual(['night-1', 'night-3', 2]);
  expect(turnAt([night(1)], 'night-1')).toBeNull();
});
