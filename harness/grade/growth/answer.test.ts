import { describe, expect, test } from 'vitest';
import type { GrowthLimit } from '../../result.ts';
import { madeRows, type MadeService } from '../fixtures/growth-rows.ts';
import { growthAnswerOf } from './answer.ts';
import { growthMeasures } from './measures.ts';

const line =
  (intercept: number, slope: number) =>
  (jobs: number): number =>
    intercept + slope * jobs;
/** A pool in which no more can be busy than there are. */
const upTo =
  (most: number, value: (jobs: number) => number) =>
  (jobs: number): number =>
    Math.min(most, value(jobs));

/** Over a link of 10 ms: the app pool of 18 waits from 11.4 busy connections of a replica on, so at 114 active jobs. */
const healthy: MadeService = {
  values: {
    'api-p95': line(40, 0.4),
    'query-p95': line(14, 0.05),
    'due-to-start': line(50, 1),
    sessions: line(10, 0.3),
    pooler: line(0.2, 0.2),
    'app-pool': line(0.1, 0.1),
    slots: line(1, 0.5),
    workers: () => 2,
    'cpu-host': line(15, 0.25),
    'cpu-database': line(0.03, 0.002),
    'cpu-service': line(0.07, 0.0025),
    'cpu-pooler': line(0.01, 0.0006),
  },
  limits: {
    'app-pool': 18,
    pooler: 40,
    sessions: 50,
    slots: 100,
    'cpu-host': 100,
    'cpu-database': 0.6,
    'cpu-service': 0.8,
    'cpu-pooler': 0.2,
  },
};

const withChange = (values: MadeService['values'], limits: MadeService['limits'] = {}): MadeService => ({
  ...healthy,
  values: { ...healthy.values, ...values },
  limits: { ...healthy.limits, ...limits },
});

const answerOf = (service: MadeService, ...more: [string[]?, Parameters<typeof madeRows>[2]?]) =>
  growthAnswerOf(madeRows(service, ...more))!;
const limitOf = (service: MadeService, id: string): GrowthLimit =>
  answerOf(service).limits.find((limit) => limit.id === id)!;

describe('the first limit', () => {
  test('of the healthy service: the app pool, at the load that its line says', () => {
    const answer = answerOf(healthy);
    expect(answer).toMatchObject({ first: 'app-pool', baseJobs: 10, checked: 'not checked here' });
    const { factor, low, high, state } = answer.limits.find(({ id }) => id === 'app-pool')!;
    expect(state).toBe('ahead');
    expect(factor).toBeGreaterThan(10.3);
    expect(factor).toBeLessThan(12.3);
    expect(low!).toBeLessThan(11.3);
    expect(high!).toBeGreaterThan(11.3);
    expect(answer.sentence).toMatch(
      /^You have room for 1\d × the baseline's load \([\d.]+ to [\d.]+\) until the app pool of 18 waits/,
    );
  });

  test('thirty workers that half a task of each job keeps busy: they come before the pool and the database', () => {
    const answer = answerOf(withChange({ 'busy-workers': upTo(29, line(0.2, 0.46)) }, { 'busy-workers': 30 }));
    expect(answer.first).toBe('busy-workers');
    expect(answer.limits.find(({ id }) => id === 'busy-workers')!.factor).toBeCloseTo(5.8, 0);
    expect(answer.sentence).toMatch(/until all but a few of the 30 workers are busy/);
  });

  test('busy workers, not the late tasks that follow from them: these are met somewhere between the same rows', () => {
    const busy = withChange(
      { 'busy-workers': upTo(29.5, line(-0.8, 0.7)), 'due-to-start': (jobs) => (jobs < 30 ? 120 : 1100) },
      { 'busy-workers': 30 },
    );
    const { first, limits } = answerOf(busy);
    expect(limits.find(({ id }) => id === 'due-to-start')).toMatchObject({ state: 'met', line: null });
    expect(first).toBe('busy-workers');
  });

  test('a pool of 4: it waits in 5x, not in 2x, and what bends behind it is not taken for a line', () => {
    const small = withChange({ 'app-pool': upTo(4, line(0.1, 0.055)) }, { 'app-pool': 4 });
    const { first, limits, sentence } = answerOf(small);
    expect(first).toBe('app-pool');
    expect(limits.find(({ id }) => id === 'app-pool')).toMatchObject({
      state: 'met',
      reason: expect.stringContaining('in 5x, not in 2x') as string,
    });
    expect(sentence).toMatch(/^You have room for 2\.\d × .* until the app pool of 4 waits/);
  });

  test('slots of 4: taken in 5x, and named before the tasks that wait because of it', () => {
    const slots = withChange({ slots: upTo(100, line(3, 3)), workers: (jobs) => (jobs > 30 ? 80 : 2) });
    expect(answerOf(slots).first).toBe('slots');
  });

  test('a link of 15 ms: connections are held for longer, so the pool comes sooner', () => {
    const far = withChange({ 'app-pool': line(0.15, 0.15), pooler: line(0.3, 0.3), 'query-p95': line(20, 0.05) });
    const answer = answerOf(far);
    expect(answer.first).toBe('app-pool');
    expect(limitOf(far, 'app-pool').factor!).toBeLessThan(0.75 * limitOf(healthy, 'app-pool').factor!);
  });

  test('CPU burnt: the service, not what it makes slow', () => {
    expect(answerOf(withChange({ 'cpu-service': line(0.1, 0.0055), 'api-p95': line(40, 1.2) })).first).toBe(
      'cpu-service',
    );
  });

  test('over it at the lightest row already', () => {
    const { sentence, first } = answerOf(withChange({ 'cpu-service': line(0.5, 0.002) }));
    expect(first).toBe('cpu-service');
    expect(sentence).toMatch(/^You have no room: at \d+ active jobs the service spends half of its budget/);
  });
});

describe('what the rows do not support is not told', () => {
  test('rows that lie on no line', () => {
    const bent = withChange({ 'app-pool': (jobs) => (jobs < 30 ? 0.1 * jobs : 2.2) });
    expect(limitOf(bent, 'app-pool')).toMatchObject({
      state: 'unknown',
      factor: null,
      reason: expect.stringContaining('cannot tell: the rows lie on no line') as string,
    });
    expect(answerOf(bent).sentence).toContain('Of 1 other bound nothing can be told');
  });

  test('one load only, no baseline, a source that was silent', () => {
    expect(growthAnswerOf(madeRows(healthy, ['baseline']))).toBeNull();
    expect(growthAnswerOf(madeRows(healthy, ['2x', '5x']))).toBeNull();
    const { 'app-pool': _silent, ...others } = healthy.values;
    expect(limitOf({ ...healthy, values: others }, 'app-pool').reason).toContain('was not seen');
  });

  test('a row on a starved host says nothing but what CPU was spent, and is named', () => {
    const unusable = 'the host was only 4 % idle, at least 15 % is needed';
    const starved = answerOf(healthy, ['baseline', '2x'], { '2x': { unusable } });
    expect(starved.limits.find(({ id }) => id === 'cpu-database')!.state).toBe('far');
    expect(starved.limits.find(({ id }) => id === 'app-pool')).toMatchObject({ state: 'unknown', factor: null });
    expect(starved.sentence).toContain('nothing can be told');
    expect(starved.sentence).toContain(`2x (${unusable})`);
  });

  test('what does not grow with the load is met nowhere, and no row is called room without end', () => {
    expect(limitOf(withChange({ 'api-p95': () => 40 }), 'api-p95')).toMatchObject({ state: 'far', factor: null });
  });

  test('a limit that rows do not agree on is none', () => {
    const rows = madeRows(healthy);
    rows.scenarios[0]!.growth!.measures['app-pool']!.limit = 4;
    expect(growthAnswerOf(rows)!.limits.some(({ id }) => id === 'app-pool')).toBe(false);
  });
});

test('each measure that may be the first limit has a rank of its own', () => {
  const ranks = growthMeasures.filter(({ levelOf }) => levelOf(10) !== null).map(({ causeRank }) => causeRank);
  expect(ranks.length).toBeGreaterThan(8);
  expect(new Set(ranks).size).toBe(ranks.length);
});
