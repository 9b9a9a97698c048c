/** What to change is said with what it is now, for each replica; and nothing is advised that would change nothing. */
import { describe, expect, test } from 'vitest';
import type { CriterionResult } from '../result.ts';
import { flat } from '../grade/fixtures/shapes.ts';
import { answers, first, healthyStranger, pooled, sessions, withPooler } from './fixtures/stranger.ts';

describe('the app pool', () => {
  /** Two replicas of two connections each, all in use, and so many wait. */
  const waiting = (pending: number) => {
    const recorder = answers(healthyStranger(), 429, flat(5), 2);
    for (const instance of ['0', '1']) {
      const labels = { 'service.instance': instance };
      recorder.gauge('db.client.connection.count', { ...labels, state: 'used' }, flat(2));
      recorder.gauge('db.client.connection.pending_requests', labels, flat(pending / 2));
      recorder.gauge('db.client.connection.max', labels, flat(2));
    }
    return recorder;
  };

  test('the size is for each replica, beside what it is now', () => {
    const found = first(waiting(2));
    expect(found.cause).toBe('app-pool');
    expect(found.sentence).toContain('4 of 4 connections in use');
    expect(found.remedy.sentence).toContain('give the pool of each replica 3 instead of 2');
    expect(found.remedy.config?.lines).toBe('pool.max = 3   // in each of 2 replicas; now 2');
  });

  test('who was refused meanwhile is told', () => {
    expect(first(waiting(2)).evidence.map(({ text }) => text)).toContain('300 of 6,300 requests were refused (429)');
  });

  test('where the connections would do on the average, no larger pool is advised', () => {
    const recorder = waiting(2);
    for (const instance of ['0', '1'])
      recorder.gauge('db.client.connection.count', { 'service.instance': instance, state: 'used' }, flat(1));
    const { sentence, config } = first(recorder).remedy;
    expect(config ?? null).toBeNull();
    expect(sentence).toContain('On the average 4 of the 4 connections would do');
  });
});

test('a pooler of one connection is told as that', () => {
  const recorder = answers(withPooler(healthyStranger(), flat(6), flat(1)), 200, flat(90), 600);
  sessions(recorder, 'active', flat(1));
  const found = first(recorder, { stackSettings: { ...pooled, 'pgbouncer.default_pool_size': '1' } });
  expect(found.cause).toBe('pooler-pool');
  expect(found.sentence).toContain('while its only one is in use');
  expect(found.remedy.sentence).toContain('server connections instead of 1 (');
});

describe('not known', () => {
  const slow: CriterionResult = {
    id: 'api-p95',
    title: 'Interactive requests are slow',
    source: '001',
    measuredBy: '',
    unit: 'ms',
    bounds: [],
    value: 535,
    count: 196,
    verdict: 'fail',
    reason: '95 % of 196 took 535.0 ms or less',
    nextStep: 'See where the time went.',
  };

  test('what failed, then what would show more; its advice begins as that of the criterion', () => {
    const { cause, sentence, number, evidence, against, remedy } = first(healthyStranger(), {
      verdict: 'fail',
      criteria: [slow],
    });
    expect(cause).toBe('unknown');
    expect(sentence).toMatch(
      /^Cannot tell, because nothing that was seen says why this failed: Interactive requests are slow\. The service's/,
    );
    expect(number).toBe('0 of 6,000 requests (0 %) failed');
    expect(remedy.sentence).toMatch(/^See where the time went\. Run again with what is missing: /);
    expect(evidence.map(({ text }) => text)).toEqual(['95 % of 196 took 535.0 ms or less']);
    // What the sentence has said is not said again.
    expect(against.some((one) => one.includes('--service-log'))).toBe(false);
  });

  test('what a pooler loses of a session makes no answer slow', () => {
    const criteria = (id: string) => ({ criteria: [{ ...slow, id }], stackSettings: pooled });
    const against = (id: string): string => first(withPooler(healthyStranger()), criteria(id)).against.join();
    expect(against('api-p95')).not.toContain('LISTEN');
    expect(against('goodput')).toContain('LISTEN');
  });
});

test('every replica that ended is named', () => {
  const recorder = answers(healthyStranger(), 500, (second) => (second >= 20 && second < 23 ? 20 : 0), 30);
  for (const instance of ['0', '1'])
    recorder.gauge('service.exits', { instance }, (second) => (second < 20 + Number(instance) ? 0 : 1));
  const sentence = 'Replicas 0 and 1 of the service ended by themselves, in mid-work (between 19.0 s and 20.0 s)';
  expect(first(recorder).sentence).toBe(sentence);
});
