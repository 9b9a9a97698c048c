/** Case C5, as a run of it recorded: PgBouncer 1.18 with 5 server connections, node-pg that gives up after 250 ms. */
import { expect, test } from 'vitest';
import { flat, type Shape } from '../grade/fixtures/shapes.ts';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import { answers, chainOf, diagnosisOf, healthyStranger, logged, sessions } from './fixtures/stranger.ts';

const during =
  (value: number, otherwise = 0): Shape =>
  (second) =>
    second >= 11 && second <= 20 ? value : otherwise;

const labels = { pooler: '0', database: 'app' };

/** From second 10 to 20 each report takes a second: 40 a second come, and nobody waits for an answer that long. */
const slowSpell = (): Recorder => {
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
  sessions(recorder, 'active', (second) => [35, 14, 1][second - 21] ?? during(40)(second));
  sessions(recorder, 'idle', during(0, 3));
  recorder.gauge('postgres.statement.age.max', {}, during(1, 0.02));
  recorder.gauge('pooler.clients', { ...labels, state: 'active' }, during(5, 7));
  recorder.gauge('pooler.clients', { ...labels, state: 'waiting' }, during(5));
  recorder.gauge('pooler.servers', { ...labels, state: 'active' }, during(5));
  recorder.gauge('pooler.servers', { ...labels, state: 'idle' }, during(0, 3));
  recorder.gauge('pooler.maxwait', labels, during(0.1));
  answers(recorder, 200, during(0, 40), 22);
  return answers(recorder, 500, during(40), 250);
};

/** Its clients leave: the pooler says good-bye in mid-query, so that no session counts as abandoned. */
const torn = (): Recorder => {
  const recorder = slowSpell();
  recorder.counter('postgres.sessions.opened', {}, during(40));
  return recorder;
};

test('400 time-outs, 401 logins, 41 sessions for a pool of 5: the clients, and no size', () => {
  const recorder = logged(torn(), 'service', 'client-timeout', 400, 'ERROR /report failed: Query read timeout');
  const diagnosis = diagnosisOf(recorder);
  const [first] = diagnosis.findings;
  expect(first).toMatchObject({ cause: 'impatient-clients' });
  expect(first!.sentence).toMatch(/400 gave up waiting.*400 were opened/);
  expect(first!.sentence).toContain('where the pooler has 5 server connections');
  expect(first!.number).toMatch(/^up to 40 logins a second/);
  expect(JSON.stringify(first!.evidence)).toMatch(/up to 35 at work beside.*the last until 22/);
  expect(chainOf(diagnosis)).not.toContain('part-restarted');
  expect(JSON.stringify(diagnosis)).not.toMatch(/default_pool_size =|pool\.max =/);
});

test('without a word of the service (another driver, no log): the same, by what database and pooler show', () => {
  const diagnosis = diagnosisOf(torn());
  expect(diagnosis.findings[0]!.cause).toBe('impatient-clients');
  expect(JSON.stringify(diagnosis)).not.toContain('default_pool_size =');
});

test('the server ends them first (FIX=1): connections live on, and nobody is called impatient', () => {
  const recorder = slowSpell();
  sessions(recorder, 'active', during(5));
  recorder.counter('postgres.sessions.opened', {}, (second) => (second === 11 ? 5 : 0));
  logged(recorder, 'service', 'statement-timeout', 400, 'canceling statement due to statement timeout');
  expect(chainOf(diagnosisOf(recorder))).toMatch(/^slow-statements/);
});

test('ended at 100 ms, none is seen to last: what the server says of it is enough', () => {
  const recorder = logged(
    answers(healthyStranger(), 500, during(40), 105),
    'service',
    'statement-timeout',
    400,
    '57014',
  );
  const [first] = diagnosisOf(recorder).findings;
  expect(first).toMatchObject({ cause: 'slow-statements', share: { requestsFailed: 400 } });
});

test('others that work directly beside the pooler, and stay, are no orphans', () => {
  const recorder = slowSpell();
  sessions(recorder, 'active', flat(20), 'reports', 'cron');
  recorder.counter('postgres.sessions.opened', {}, (second) => (second === 11 ? 5 : 0));
  expect(chainOf(diagnosisOf(recorder))).not.toContain('impatient-clients');
});
