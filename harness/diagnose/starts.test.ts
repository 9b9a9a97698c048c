/** Parts that are started anew one after the other: what is left of each start, and who was kept waiting by it. */
import { expect, test } from 'vitest';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import type { Shape } from '../grade/fixtures/shapes.ts';
import { answers, first, healthyStranger, sessions } from './fixtures/stranger.ts';

const query = 'SELECT id FROM notes ORDER BY id DESC LIMIT $1';

/** One session of the service is gone in every eighth second, until that one. */
const started = (recorder: Recorder, until = 40): Recorder =>
  sessions(recorder, 'idle', (second) => Number(second % 8 !== 0 || second > until), 'app', 'listen-0');

const calling = (recorder: Recorder, callsUntil: Shape): Recorder =>
  recorder.gauge('postgres.statement.calls', { query }, callsUntil);

/** Once a second at first, nine times in the end. */
const growing: Shape = (second) => (second < 20 ? second : 20 + (second - 20) * 9);

test('work that grows with each start while as many requests come is registered anew by each', () => {
  const finding = first(calling(started(healthyStranger()), growing));
  expect(finding).toMatchObject({ cause: 'duplicate-schedules', kind: 'by-starts' });
  expect(finding.sentence).toContain(query);
});

test('as much work as before, more requests, or hardly a start: nothing is registered twice', () => {
  expect(first(calling(started(healthyStranger()), (second) => second * 9)).cause).toBe('none');
  expect(first(calling(started(healthyStranger(), 24), growing)).cause).toBe('none');
  const more = answers(healthyStranger(), 200, (second) => (second < 20 ? 40 : 100), 20);
  expect(first(calling(started(more), growing)).cause).toBe('none');
});

const waiting = (msAfter: number): Recorder => {
  const recorder = started(healthyStranger().remove('http_reqs').remove('http_req_duration'));
  answers(recorder, 200, (second) => (second < 43 ? 100 : 0), 700, 'GET /before');
  return answers(recorder, 200, (second) => (second < 43 ? 0 : 100), msAfter, 'GET /after');
};

test('who is kept waiting while parts are started anew, and no longer afterwards, is so by the starts', () => {
  expect(first(waiting(200))).toMatchObject({ cause: 'part-restarted', kind: 'service' });
  expect(first(waiting(700)).cause).toBe('unknown');
});
