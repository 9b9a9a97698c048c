import { describe, expect, test } from 'vitest';
import type { LoadTotals, ScriptLoad } from '../../result.ts';
import { judge, loadTotals } from '../fixtures/judge.ts';
import { durations, type Recorder } from '../fixtures/recorder.ts';
import { flat } from '../fixtures/shapes.ts';

const dropping = (droppedIterations: number, changed: Partial<LoadTotals> = {}): LoadTotals => ({
  ...loadTotals,
  droppedIterations,
  ...changed,
});

const script: ScriptLoad = {
  seconds: 150,
  users: 20,
  perSecond: 100,
  closed: false,
  aborting: [],
  systemTags: [],
  trendStats: [],
};
const load = { interactivePerSecond: 0, script };
const capped = { words: { ...loadTotals.words!, userCaps: [{ scenario: 'list', users: 20 }] } };

/** Users are used up from second 60 on, and an iteration takes so long before and after it. */
const taking =
  (beforeMs: number, afterMs: number) =>
  (recorder: Recorder): void => {
    recorder.gauge('dropped_iterations', { phase: 'steady' }, (second) => (second > 60 ? 30 : 0));
    recorder.histogram('iteration_duration', { phase: 'steady' }, (second) =>
      durations(20, second > 60 ? afterMs : beforeMs, second),
    );
  };

test('few that were not sent are met', () => {
  expect(judge('dropped-iterations', undefined, { loadTotals: dropping(3) }).verdict).toBe('pass');
});

describe('the generator is to blame only by evidence', () => {
  test('it waited for a core', () => {
    const starved = (recorder: Recorder): unknown =>
      recorder.counter('process.run_wait_seconds', { component: 'load', instance: '1' }, flat(0.2));
    expect(judge('dropped-iterations', starved, { loadTotals: dropping(200) })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^the generator fell behind: 200 of 3,500 .* waited for a core 100 %/),
    });
  });

  test('there were users to spare', () => {
    expect(judge('dropped-iterations', undefined, { loadTotals: dropping(200) })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('15 of 340 users at most were busy'),
    });
  });

  test('without any it is the service', () => {
    const unseen = (recorder: Recorder): unknown => recorder.remove('vus');
    expect(judge('dropped-iterations', unseen, { loadTotals: dropping(200) })).toMatchObject({
      verdict: 'fail',
      numerator: 200,
    });
  });
});

test('a stall kept the users, though k6 waited for a core for a moment: few users to spare are no excuse', () => {
  const stalled = (recorder: Recorder): void => {
    taking(20, 2000)(recorder);
    recorder.counter('process.cpu_seconds', { component: 'load', instance: '1' }, flat(0.02));
    recorder.counter('process.run_wait_seconds', { component: 'load', instance: '1' }, flat(0.06));
  };
  expect(judge('dropped-iterations', stalled, { loadTotals: dropping(200) })).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(
      /took \d+ ms before the first that was not sent, and [\d,]+ ms after it: k6 could not add/,
    ),
  });
  const starved = (recorder: Recorder): void => {
    stalled(recorder);
    recorder.counter('process.run_wait_seconds', { component: 'load', instance: '1' }, flat(0.6));
  };
  expect(judge('dropped-iterations', starved, { loadTotals: dropping(200) }).verdict).toBe('inconclusive');
});

describe("the script's own cap of users was reached", () => {
  test('and the service answered as before: the cap is too low', () => {
    expect(judge('dropped-iterations', taking(300, 320), { load, loadTotals: dropping(2700, capped) })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^the script's own limit: .*all 20 users that the script allows were busy.*maxVUs/),
    });
  });

  test('since the service became slow: its failure, with the number', () => {
    expect(judge('dropped-iterations', taking(50, 4000), { load, loadTotals: dropping(2700, capped) })).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(
        /2,700 of 6,000 iterations were not sent; .*, since an iteration took \d+ ms before/,
      ),
    });
  });

  test('in a scenario of ours users are there for 12 s of every request: the service kept them', () => {
    const all = (recorder: Recorder): unknown => recorder.gauge('vus', {}, flat(340));
    expect(judge('dropped-iterations', all, { loadTotals: dropping(200) }).verdict).toBe('fail');
  });
});
