import { describe, expect, test } from 'vitest';
import type { ScenarioResult } from '../result.ts';
import { limitOf } from './connection-limit.ts';
import { declarationOf, entry, grade } from './fixtures/graded.ts';
import { healthyRecorder, phase } from './fixtures/healthy-run.ts';
import { judgeOf } from './fixtures/judge.ts';
import { durations, type Recorder } from './fixtures/recorder.ts';
import { flat } from './fixtures/shapes.ts';
import { judgeRun } from './run-verdict.ts';

const phases = [phase('load', 'steady', 0, 30)];

/** Nobody is answered between second 14 and 18.5, of thirty. */
const stalled = (locks: number): Recorder => {
  const recorder = healthyRecorder().remove('http_reqs').remove('http_req_duration');
  const labels = { phase: 'load', status: '200' };
  const isSilent = (second: number): boolean => second > 14 && second < 19;
  recorder.gauge('http_reqs', labels, (second) => (isSilent(second) ? 0 : 400));
  recorder.histogram('http_req_duration', labels, (second) => {
    if (isSilent(second)) return [];
    return second === 19 ? [4500] : durations(50, 5, second);
  });
  return recorder.gauge('postgres.locks.waiting', {}, (second) => (isSilent(second) ? locks : 0));
};

describe('a service that stopped altogether', () => {
  test('since everybody waited for a lock: locks are named, however short it was', () => {
    expect(limitOf(judgeOf(stalled(5), { phases }))).toMatchObject({
      kind: 'locks',
      sentence: expect.stringMatching(/^Nobody was answered from 14\.0 to 18\.5 s: up to 5 sessions waited for a lock/),
    });
  });

  test('for a reason that was not seen: never "nobody waiting"', () => {
    expect(limitOf(judgeOf(stalled(0), { phases }))).toMatchObject({
      kind: 'unknown',
      sentence: expect.not.stringContaining('nobody waiting'),
    });
  });

  test('nobody did: nothing limits', () => {
    const answers = healthyRecorder().gauge('vus', {}, flat(5));
    expect(limitOf(judgeOf(answers)).kind).toBe('none');
  });
});

describe("the run's sentence", () => {
  const run = (recorder: Recorder, changed: Partial<ScenarioResult> = {}) => {
    const graded = grade({ recorder, declaration: declarationOf({ group: 'external' }) });
    return judgeRun({ scenarios: [entry(graded, { group: 'external', ...changed })] } as never).sentence;
  };

  test('a failure comes before a limit that was not found', () => {
    const failing = healthyRecorder().gauge('http_reqs', { phase: 'steady', status: '500' }, flat(0.6));
    expect(run(failing)).toMatch(/^Requests fail: .*Cannot tell what limits/s);
  });

  test('and behind one that was', () => {
    const locked = healthyRecorder().gauge('postgres.locks.waiting', {}, flat(9));
    const failing = locked.gauge('http_reqs', { phase: 'steady', status: '500' }, flat(0.6));
    expect(run(failing)).toMatch(/^Locks are the limit, .*Requests fail/s);
  });
});
