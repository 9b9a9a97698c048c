/** What the logs say in words that none of the causes is made of is told, and nothing is guessed beside it. */
import { expect, test } from 'vitest';
import { flat } from '../grade/fixtures/shapes.ts';
import { loadTotals } from '../grade/fixtures/judge.ts';
import type { CriterionResult } from '../result.ts';
import { classifyError } from '../measure/errors/classify.ts';
import { answering, answers, diagnosisOf, healthyStranger, logged } from './fixtures/stranger.ts';

const firstOf = (family: string, text: string, count = 100) =>
  diagnosisOf(logged(answers(healthyStranger(), 500, flat(2), 30), 'service', family, count, text)).findings[0]!;

test.each([
  ['could not serialize access due to concurrent update', 'a concurrent change forbade this one', /Retry the whole/],
  ['duplicate key value violates unique constraint "jobs_key"', 'a constraint forbade it', /idempotency key/],
  ['cannot execute INSERT in a read-only transaction', 'the server is read-only', /25006/],
  ['relation "items" does not exist', 'the statement is wrong here', /schema/],
])('"%s"', (text, title, remedy) => {
  const found = firstOf(classifyError(text).family, text);
  expect(found.cause).toBe('unknown');
  expect(found.sentence).toBe(`No cause that is known here fits; the logs say it in words, 100 times: ${title}`);
  expect(found.remedy.sentence).toMatch(remedy);
  expect(found.evidence.map((one) => one.text)).toContain(`100 × ${text}`);
});

test('deadlocks have no holder, and no queue', () => {
  const { cause, kind, sentence, remedy } = firstOf('deadlock', 'deadlock detected');
  expect({ cause, kind }).toEqual({ cause: 'lock-queue', kind: 'deadlock' });
  expect(sentence).toMatch(/in different orders: 100 deadlocks/);
  expect(remedy.sentence).toContain('take locks in one order');
});

test("a bug of the service's own is told as that", () => {
  const { sentence, remedy } = firstOf('other', "TypeError: Cannot read properties of undefined (reading 'id')");
  expect(sentence).toContain('the logs tell 100 errors in words that no database, driver or pooler');
  expect(remedy.sentence).toContain('the first of these errors');
});

test('one error in a log says nothing of a hundred failures', () => {
  expect(firstOf('sql', 'relation "items" does not exist', 1).sentence).toMatch(/^Cannot tell/);
  expect(firstOf('deadlock', 'deadlock detected', 1).sentence).toMatch(/^Cannot tell/);
});

test('a refused password is mended by no keepalive', () => {
  const { cause, remedy } = firstOf('auth', 'password authentication failed for user "app"');
  expect(cause).toBe('connect-failures');
  expect(remedy.config ?? null).toBeNull();
});

test.each([
  ['getaddrinfo ENOTFOUND db.internal', 'The name of the host that the service dials is not known', /getent hosts/],
  ['connect ECONNREFUSED 10.0.0.5:5432', 'Nobody listens where the service dials', /See that the address answers/],
  ['received invalid response to SSL negotiation: H', 'Logins are refused', /listens on that port/],
  ['failed to connect to `user=app`: tls error (x509: certificate has expired)', 'Logins are refused', /sslrootcert/],
])('connections that fail, and what their words tell beside: %s', (text, what, remedy) => {
  const found = firstOf(classifyError(text).family, text);
  expect(found.cause).toBe('connect-failures');
  expect(found.sentence).toContain(what);
  expect(found.remedy.sentence).toMatch(remedy);
});

/** The script's check fails so often among 6,000 answers, all of them 200. */
const checked = (name: string, fails: number) => {
  const checks = [{ name, group: '', passes: 6000 - fails, fails }];
  return diagnosisOf(healthyStranger(), { loadTotals: { ...loadTotals, checks } }).findings[0]!;
};

test.each(['no error in the body', 'no graphql errors', 'has items'])('200 with a body that is wrong: %s', (name) => {
  const { cause, sentence, number, remedy } = checked(name, 3000);
  expect(cause).toBe('wrong-data');
  expect(sentence).toBe(`Data is wrong: "${name}" does not hold`);
  expect(number).toMatch(/^3,000 of 6,000/);
  expect(remedy.sentence).toContain('an error that is told with status 200');
});

test.each(['response ok', 'status is 201', 'is 101'])(
  'no answer is an error, and still not what was expected: %s',
  (name) => {
    const { cause, sentence } = checked(name, 3000);
    expect(cause).toBe('wrong-data');
    expect(sentence).toContain('not what the script expects');
  },
);

test('a check on time is no data', () => {
  expect(checked('answered within 500 ms', 3000).cause).not.toBe('wrong-data');
});

test('a check on the status says no more than the requests that failed', () => {
  const checks = [{ name: 'status is 200', group: '', passes: 6000, fails: 120 }];
  const recorder = answers(healthyStranger(), 500, flat(2), 30);
  const [found] = diagnosisOf(recorder, { loadTotals: { ...loadTotals, checks } }).findings;
  expect(found!.cause).toBe('unknown');
});

test('a script that throws over the answers of a service that fails is not the cause', () => {
  const exceptions = [{ place: 'iteration' as const, count: 5400, text: 'SyntaxError: invalid', line: 'a.js:9:1' }];
  const words = { exceptions, stopped: null, markedFailed: null, userCaps: [], summaryProblem: null };
  const failing = answers(healthyStranger().remove('http_reqs'), 500, flat(90), 3000);
  logged(answers(failing, 200, flat(10), 20), 'service', 'pool-wait', 5000, 'timeout exceeded when trying to connect');
  const changed = { loadTotals: { ...loadTotals, iterations: 6000, words } };
  expect(diagnosisOf(failing, changed).findings[0]!.cause).toBe('app-pool');
  expect(diagnosisOf(healthyStranger(), changed).findings[0]!.cause).toBe('generator');
});

test.each([
  [1212, 'dead', /nothing listens there/],
  [1101, 'no-name', /the name of its host is not known here/],
  [1110, 'not-allowed', /pgsurge loads no other that was not named/],
  [1310, 'tls', /certificate/],
])('requests that reached nobody, by code %i', (code, kind, sentence) => {
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
  recorder.gauge('http_reqs', { phase: 'load', status: '0', error_code: String(code), name: 'x' }, flat(50));
  const [found] = diagnosisOf(recorder).findings;
  expect(found).toMatchObject({ cause: 'wrong-target', kind });
  expect(found!.sentence).toMatch(sentence);
});

test.each([
  [400, 'does not take'],
  [413, 'finds too large'],
  [422, 'finds wrong'],
])('a script whose every request is answered %i asks for nothing', (status, what) => {
  const recorder = answering(status, 50, 2);
  const [found] = diagnosisOf(recorder).findings;
  expect(found).toMatchObject({ cause: 'wrong-target', kind: 'bad-request' });
  expect(found!.sentence).toContain(`every answer is ${status} (the service ${what} what the script sends)`);
});

test('a service that answers 400 to what the database refused is asked the right thing', () => {
  const recorder = answering(400, 50, 2);
  logged(recorder, 'service', 'pool-mode', 3000, 'prepared statement "s1" does not exist');
  expect(diagnosisOf(recorder).findings[0]!.cause).toBe('pool-mode');
});

test('where nobody knows why, the page says with which answer', () => {
  const failing = (status: number) =>
    diagnosisOf(answers(healthyStranger(), status, flat(10), 30)).findings[0]!.sentence;
  expect(failing(409)).toContain(
    '600 of 6,600 requests (9.09 %) failed (with 409), and nothing that was seen says why',
  );
  expect(failing(504)).toContain('failed (with 504: mostly by what stands before the service)');
  expect(failing(0)).toContain('failed without an answer');
});

test('what is refused too often is no health', () => {
  const criteria = [{ id: 'refused-requests', verdict: 'fail', title: 'x', reason: '' } as CriterionResult];
  const recorder = answers(healthyStranger(), 429, flat(50), 2);
  const [found] = diagnosisOf(recorder, { criteria }).findings;
  expect(found!.cause).toBe('unknown');
  expect(found!.sentence).toContain('3,000 of 9,000 requests were refused (429)');
});

test('what is refused altogether is not well', () => {
  const recorder = answering(429, 100, 2);
  const [found] = diagnosisOf(recorder).findings;
  expect(found!.cause).toBe('unknown');
  expect(found!.sentence).toMatch(/all 6,000 requests were refused \(429\)/);
});

test.each([
  ['server login has been failing, try again later (server_login_retry)', 'pooler-down'],
  ['Connection is not available, request timed out after 30000ms (total=0, active=0, idle=0, waiting=7)', 'pool-empty'],
])('connections that cannot be made: %s', (text, kind) => {
  expect(firstOf(classifyError(text).family, text)).toMatchObject({ cause: 'connect-failures', kind });
});

test.each([
  ['AxiosError: connect ECONNREFUSED 10.0.0.9:8080', 'another system than the database did not answer'],
  ['redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.', 'another system'],
])('what another system did is not put down to connections of the database: %s', (text, title) => {
  const { cause, sentence, remedy } = firstOf(classifyError(text).family, text);
  expect(cause).toBe('unknown');
  expect(sentence).toContain(title);
  expect(remedy.sentence).toContain('No pool or time-out of the database changes it');
});

test('errors of the server that only the script takes for right are no health', () => {
  const labels = { phase: 'load', kind: 'interactive', status: '503', outcome: 'expected', name: 'GET /items' };
  const shed = (perSecond: number) => diagnosisOf(healthyStranger().gauge('http_reqs', labels, flat(perSecond), 60));
  const { cause, sentence, evidence } = shed(50).findings[0]!;
  expect(cause).toBe('unknown');
  expect(sentence).toContain('3,000 of 9,000 answers are errors of the server (5xx), which only the script takes for');
  expect(evidence[0]).toMatchObject({ text: '3000 × status 503' });
  expect(shed(0.5).findings[0]!.cause).toBe('none');
});
