/** What the first screen of a page says of a cause must not read as a contradiction. */
import { expect, test } from 'vitest';
import { flat } from '../grade/fixtures/shapes.ts';
import { causeWords } from '../measure/cause-words.ts';
import { answers, diagnosisOf, first, healthyStranger, logged, sessions } from './fixtures/stranger.ts';

const pools = (each: number, replicas: number) => {
  const recorder = sessions(healthyStranger(), 'idle', flat(94));
  for (let replica = 0; replica < replicas; replica += 1)
    recorder.gauge('db.client.connection.max', { 'service.instance': String(replica) }, flat(each));
  return recorder;
};
const refused = (recorder = healthyStranger()) =>
  logged(answers(recorder, 500, flat(10), 5), 'service', 'no-slot', 500, 'sorry, too many clients already');

test('pools over the slots: the sum of the pools, which is more than there is, not what got in', () => {
  expect(first(refused(pools(20, 5))).sentence).toBe(
    'The app pools together are larger than the database has slots: they may open 100 connections, ' +
      '97 are to be had (max_connections 100)',
  );
});

test('pools that nobody tells the size of, and such as nearly fill the slots', () => {
  expect(first(refused(sessions(healthyStranger(), 'idle', flat(94)))).sentence).toContain('and more are refused');
  const full = answers(pools(19, 5), 500, flat(1), 5);
  expect(JSON.stringify(diagnosisOf(full))).toContain('The app pools together take nearly all slots of the database');
});

/** As a supervisor counts it, once a second: nothing at 19 s, an end at 20 s. */
const ended = (recorder = healthyStranger()) => {
  for (const instance of ['0', '1'])
    recorder.counter('service.exits', { instance }, (second) => (second === 20 ? 1 : 0));
  return answers(recorder, 503, (second) => (second === 20 || second === 23 ? 15 : 0), 5);
};

test('a part that ended is named first, and nothing fails before it ended', () => {
  const { sentence, number } = first(ended());
  expect(sentence).toMatch(
    /^Replicas 0 and 1 of the service ended by themselves, in mid-work \(between 19\.\d s and 20\.\d s/,
  );
  expect(number).toMatch(/the first was counted at 20\.\d s, the last at 23\.\d s \(k6 counts once a second\)$/);
});

test('what the run itself did is told, and not again what its connections show of that', () => {
  const recorder = sessions(healthyStranger(), 'idle', (second) => (second > 20 && second < 24 ? 0 : 10));
  recorder.counter('postgres.sessions.opened', {}, (second) => (second === 24 ? 10 : 0));
  const roll = { do: 'roll' as const, title: 'roll of the service', atMs: 20_000, endMs: 23_000, ok: true };
  const found = first(
    answers(recorder, 503, (second) => (second === 21 ? 15 : 0), 5),
    {
      steps: [{ ...roll, message: null }],
    },
  );
  expect(found.sentence).toBe(
    'The service was rolled out by this run ("roll of the service"), in mid-work (at 20.0 s)',
  );
  const told = logged(recorder, 'service', 'no-slot', 20, 'too many connections for role "app"');
  expect(JSON.stringify(diagnosisOf(told, { steps: [{ ...roll, message: null }] }))).not.toContain('part-restarted');
});

test('standing still: who waits for a second connection, and who for the locks of those', () => {
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration').remove('postgres.sessions');
  sessions(recorder, 'active', (second) => (second % 6 === 0 ? 2 : 27));
  recorder.gauge('postgres.sessions.waiting', { wait_event_type: 'Lock' }, (second) => (second % 6 === 0 ? 0 : 27));
  sessions(recorder, 'idle in transaction', (second) => (second % 6 === 0 ? 1 : 10));
  recorder.counter('postgres.rollbacks', {}, flat(20));
  answers(answers(recorder, 200, flat(1), 3000), 500, flat(20), 5000);
  const { findings } = diagnosisOf(logged(recorder, 'service', 'pool-wait', 1200, 'timeout exceeded'));
  expect(findings[0]!.sentence).toMatch(
    /10 sit in an open transaction and wait for a second one, 27 more wait for what those have locked, and none works/,
  );
});

test('the title of a check stands in quotation marks', () => {
  const check = { id: 'jobs', title: 'Jobs come to a good end', invariant: 'I1', status: 'violated' as const };
  const counted = { examined: 10, violations: 2, reason: '', examples: [] };
  const diagnosis = diagnosisOf(healthyStranger(), { checks: [{ ...check, ...counted }] });
  expect(causeWords({ diagnosis })).toMatch(/^Data is wrong: "Jobs come to a good end" does not hold\./);
});
