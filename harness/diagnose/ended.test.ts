/** Case C3: the database ends what was left open, and drivers tell it as a lost connection. As its runs recorded it. */
import { expect, test } from 'vitest';
import { flat, type Shape } from '../grade/fixtures/shapes.ts';
import { loadTotals } from '../grade/fixtures/judge.ts';
import { causeWords } from '../measure/cause-words.ts';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import {
  answers,
  chainOf,
  diagnosisOf,
  healthyStranger,
  lengthSeconds,
  logged,
  sessions,
} from './fixtures/stranger.ts';

/** Two connections, transactions over a call; six sessions ended within two seconds, each idle for 200 ms before. */
const losing = (recorder = healthyStranger().remove('http_reqs').remove('http_req_duration')): Recorder => {
  sessions(recorder, 'idle in transaction', (second) => (second < 4 ? 2 : 0), 'app', 'postgres.js');
  recorder.gauge('postgres.idle_in_transaction.age.max', {}, (second) => [0.01, 0.08, 0.17, 0.12][second] ?? 0);
  recorder.counter('postgres.sessions.fatal', {}, (second) => [0, 0, 4, 2][second] ?? 0);
  logged(recorder, 'service', 'connection-lost', 6, 'write CONNECTION_CLOSED 127.0.0.1:25400');
  return answers(recorder, 500, (second) => (second < 4 ? 2 : 0), 200);
};

const dead = (recorder: Recorder, from: number): Recorder => {
  const refused: Shape = (second) => (second < from ? 0 : 15);
  const labels = { phase: 'load', status: '0', error_code: '1212', outcome: 'error', name: '/transfer' };
  recorder.gauge('http_reqs', labels, refused, lengthSeconds);
  return answers(recorder, 200, (second) => (second < from ? 12 : 0), 60);
};

test('the process ended on it: held transactions first, then what ended them, then the death of the service', () => {
  const diagnosis = diagnosisOf(dead(losing(), 4));
  expect(chainOf(diagnosis)).toMatch(/^held-transactions > idle-timeout > part-restarted/);
  const [first, second, third] = diagnosis.findings;
  expect(first!.sentence).toContain('the database ended 6 of them in mid-work');
  expect(first!.remedy.sentence).toMatch(/before BEGIN.*neither a longer limit nor a larger pool/);
  expect(second).toMatchObject({ kind: 'idle-in-transaction', consequenceOf: 'held-transactions' });
  expect(third).toMatchObject({ kind: 'ended', consequenceOf: 'idle-timeout' });
  // Who gives no answer any more is said first, and then why.
  expect(causeWords({ diagnosis })).toMatch(
    /^The service ended at \d\.\d s and did not come back: .* The cause: Transactions are held open/,
  );
});

test('the rest ran outside of any transaction: money was made or lost', () => {
  const checks = [{ name: 'no money was made or lost', group: '', passes: 0, fails: 1 }];
  const recorder = answers(losing(), 200, flat(12), 60);
  expect(chainOf(diagnosisOf(recorder, { loadTotals: { ...loadTotals, checks } }))).toMatch(
    /^held-transactions > idle-timeout.* > wrong-data/,
  );
});

test('a service that ended by itself, with no session of it ended before: that is where it begins', () => {
  const recorder = dead(healthyStranger().remove('http_reqs').remove('http_req_duration'), 4);
  expect(chainOf(diagnosisOf(recorder))).toMatch(/^part-restarted/);
});

test('replicas that end when their idle sessions are ended: the layer that ended those comes first', () => {
  const recorder = answers(healthyStranger().remove('http_reqs').remove('http_req_duration'), 200, flat(12), 60);
  answers(recorder, 503, (second) => (second === 4 ? 5 : 0), 5);
  recorder.counter('service.exits', { instance: '0' }, (second) => (second === 4 ? 1 : 0));
  const words = 'FATAL:  terminating connection due to idle-session timeout';
  logged(recorder, 'database', 'idle-timeout', 26, words);
  const diagnosis = diagnosisOf(recorder);
  expect(chainOf(diagnosis)).toMatch(/^idle-timeout > part-restarted/);
  expect(diagnosis.findings[0]).toMatchObject({ kind: 'database-session' });
});

test('sessions whose client gave up in mid-query ended for that', () => {
  const recorder = logged(answers(losing(), 200, flat(12), 60), 'service', 'client-timeout', 6, 'Query read timeout');
  expect(chainOf(diagnosisOf(recorder))).not.toMatch(/held-transactions|idle-timeout/);
});
