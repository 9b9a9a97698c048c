/** What holds of every file in criteria/: whoever adds one is told here what is missing. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadCharts } from '../report/charts/load-charts.ts';
import { criteria, judge, nothingSeen } from './fixtures/judge.ts';

test('no two criteria have the same rank among causes', () => {
  const ranks = criteria.map(({ causeRank }) => causeRank);
  expect(ranks.filter((rank, index) => ranks.indexOf(rank) !== index)).toEqual([]);
});

test('each links to a chart that the page draws, or to none', async () => {
  const charts = new Set((await loadCharts()).filter(({ place }) => place !== null).map(({ id }) => id));
  expect(criteria.filter(({ chart }) => chart !== null && !charts.has(chart)).map(({ id }) => id)).toEqual([]);
});

test('one without bounds says what it demands', () => {
  expect(
    criteria.filter(({ bounds, demand }) => bounds.length === 0 && demand === undefined).map(({ id }) => id),
  ).toEqual([]);
});

/** What these find leaves the run unknown; they have no way to fail it. */
const neverFailing = ['evidence', 'settings-in-force', 'steady-before', 'steps-done'];

test.each(criteria.map(({ id }) => id))(
  '%s has its test beside it: one that passes, one that fails, one that cannot know',
  (id) => {
    const file = new URL(`./criteria/${id}.test.ts`, import.meta.url);
    expect(existsSync(file), `write harness/grade/criteria/${id}.test.ts`).toBe(true);
    const text = readFileSync(file, 'utf8');
    const verdicts = neverFailing.includes(id) ? ['pass', 'inconclusive'] : ['pass', 'fail', 'inconclusive'];
    expect(verdicts.filter((verdict) => !text.includes(`'${verdict}'`))).toEqual([]);
  },
);

const notAsked = { differences: [], unread: ['replica 0 does not say its settings'] };

/** Without faults, steps or a declared bound these have nothing to say. */
const onlyWhereDeclared = [
  'faults-bit',
  'steps-done',
  'due-to-start',
  'recovery',
  'silent-growth',
  'allowed-errors',
  'failed-share',
  'error-seconds',
  'late-work',
  'proofs',
  'steady-before',
  'schedules-per-queue',
  'dispatches-per-pass',
  'closed-loop',
  'proofs',
  'script-checks',
  'script-thresholds',
];

describe('the healthy run', () => {
  test.each(criteria.map(({ id }) => id))('%s is met', (id) => {
    const result = judge(id);
    expect(result.verdict, result.reason).toBe(onlyWhereDeclared.includes(id) ? 'notApplicable' : 'pass');
    if (result.verdict === 'pass') expect(result.measuredBy).not.toBe('');
  });

  test.each(criteria.map(({ id }) => id).filter((id) => !onlyWhereDeclared.includes(id)))(
    '%s is inconclusive when nothing was seen, never met',
    (id) => {
      const result = judge(id, nothingSeen, { checks: [], loadTotals: null, settingsRead: notAsked });
      expect(result.verdict).toBe('inconclusive');
      expect(result.reason).not.toBe('');
    },
  );

  test.each(criteria.map(({ id }) => id))('%s declared not applicable is not judged', (id) => {
    expect(judge(id, nothingSeen, {}, { id, notApplicable: 'because' })).toMatchObject({
      verdict: 'notApplicable',
      reason: 'because',
    });
  });
});
