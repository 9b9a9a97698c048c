/**
 * What one virtual user does. Three journeys: `activeJob` keeps one job active, `interactive` is one request of a
 * person, `client` asks for one report after another.
 * Every request carries the tags `phase` (the phase in which it was sent) and `name` (the route); `kind` comes from the
 * k6 scenario. Outcome is not a tag, since k6 fixes tags before the answer: it follows from `status`.
 */
import { sleep } from 'k6';
import exec from 'k6/execution';
import http, { type RefinedParams, type RefinedResponse } from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import { currentPhase, currentPlan, remainingMs } from './define.ts';
import { noteStart, send, type Content, type Write, type WriteResult } from './ledger.ts';
import { integerBetween, randomFrom } from './random.ts';

const jobDuration = new Trend('pgsurge_job_duration', true);
const jobsDone = new Counter('pgsurge_jobs_done');
const jobsFailed = new Counter('pgsurge_jobs_failed');
const jobsRefused = new Counter('pgsurge_jobs_refused');
/**
 * What the person feels: blocked + connecting + duration, since http_req_duration leaves out the wait for a connection.
 */
const requestDuration = new Trend('pgsurge_request_duration', true);

const tenants = 4;
const tenantOf = (random: () => number): string => `tenant-${integerBetween(random, 1, tenants)}`;
/** A person gives up; also the bound of one write's attempt. */
const requestTimeout = '10s';
/**
 * How often the maker of a job asks whether it has ended: `mean` ± `jitter` seconds, so that users who began together
 * drift apart. A poll costs the service about as much as a small read.
 */
const polling = { mean: 2, jitter: 0.5 };
const attempts = 4;
/** Full jitter would need a second source of chance; a bounded doubling is enough for 100 users. */
const backoffSeconds = [0.2, 0.4, 0.8];
const refusalPauseSeconds = 1;

const tagged = (name: string): RefinedParams<'text'> => ({
  timeout: requestTimeout,
  responseType: 'text',
  tags: { phase: currentPhase().name, name },
});

const read = (path: string, name: string): RefinedResponse<'text'> =>
  http.get(currentPlan().targetUrl + path, tagged(name));

/** k6 tags what it measures itself (iterations, their duration) with the virtual user's own tags. */
const tagIteration = (): string => {
  if (exec.scenario.iterationInTest === 0) noteStart(exec.instance.currentTestRunDuration);
  const phase = currentPhase().name;
  exec.vu.metrics.tags['phase'] = phase;
  return phase;
};

const jobWrite = (): Write => {
  const { seed, pagesPerJob } = currentPlan();
  const key = `job-${seed}-${exec.vu.idInTest}-${exec.vu.iterationInScenario}`;
  const random = randomFrom(key);
  const content: Content = {
    tenant: tenantOf(random),
    title: `Crawl ${integerBetween(random, 1000, 9999)}`,
    pages: integerBetween(random, ...pagesPerJob),
    payload: `payload-${Math.floor(random() * 1e9)}`,
  };
  return { operation: 'createJob', method: 'POST', path: '/jobs', key, content };
};

/** Again, with the same key, while nobody knows whether it was done or the service asks for patience. */
const createJob = (write: Write): WriteResult => {
  let result = send(write, tagged('POST /jobs'));
  for (
    let attempt = 1;
    attempt < attempts && (result.outcome === 'unknown' || result.status === 503) && remainingMs() > 0;
    attempt += 1
  ) {
    sleep(backoffSeconds[attempt - 1] ?? 1);
    result = send(write, tagged('POST /jobs'));
  }
  return result;
};

/**
 * Follow the job to its end; null when the plan ended first: what is then under way is waited for by the settle gate.
 */
const followJob = (id: string, random: () => number): 'completed' | 'failed' | null => {
  while (remainingMs() > 0) {
    sleep(Math.min(polling.mean + polling.jitter * (2 * random() - 1), Math.max(0.01, remainingMs() / 1000)));
    const response = read(`/jobs/${id}`, 'GET /jobs/:id');
    const status = response.status === 200 ? (response.json('status') as string) : null;
    if (status === 'completed' || status === 'failed') return status;
  }
  return null;
};

/**
 * One job from its creation to its end. The user's next iteration makes the next one; users begin within one poll's
 * time.
 */
export const activeJob = (): void => {
  const phase = tagIteration();
  if (remainingMs() <= 0) {
    sleep(0.5);
    return;
  }
  if (exec.vu.iterationInScenario === 0) sleep(polling.mean * randomFrom(`start-${exec.vu.idInTest}`)());
  const startedMs = Date.now();
  const created = createJob(jobWrite());
  if (created.id === null) {
    (created.status === 429 ? jobsRefused : jobsFailed).add(1, { phase });
    sleep(refusalPauseSeconds);
    return;
  }
  const end = followJob(created.id, randomFrom(created.id));
  if (end === null) return;
  const endPhase = tagIteration();
  (end === 'completed' ? jobsDone : jobsFailed).add(1, { phase: endPhase });
  if (end === 'completed') jobDuration.add(Date.now() - startedMs, { phase: endPhase });
};

const noteWrite = (key: string, random: () => number): Write => ({
  operation: 'putNote',
  method: 'PUT',
  path: `/notes/${key}`,
  key,
  content: { tenant: tenantOf(random), body: `note ${Math.floor(random() * 1e9)}` },
});

/** The last note that this user wrote, to be read again. */
let lastNote: string | null = null;

/** The mix, by share of a draw in [0, 1): 20 % writes, 80 % reads. */
const interactiveRequest = (key: string): RefinedResponse<'text'> => {
  const random = randomFrom(key);
  const draw = random();
  const tenant = tenantOf(random);
  if (draw < 0.2) {
    const result = send(noteWrite(key, random), tagged('PUT /notes/:key'));
    if (result.outcome === 'ok') lastNote = key;
    return result.response;
  }
  if (draw < 0.4 && lastNote !== null) return read(`/notes/${lastNote}`, 'GET /notes/:key');
  if (draw < 0.6) return read(`/dashboard?tenant=${tenant}`, 'GET /dashboard');
  return read(`/jobs?tenant=${tenant}`, 'GET /jobs');
};

/** One request of a person, at the arrival rate that the declaration gives. */
export const interactive = (): void => {
  const phase = tagIteration();
  const { timings, status } = interactiveRequest(`note-${currentPlan().seed}-${exec.scenario.iterationInTest}`);
  requestDuration.add(timings.blocked + timings.connecting + timings.duration, { phase, status: String(status) });
};

/** One report and the rest after it, as the phase says. */
export const client = (): void => {
  const phase = tagIteration();
  const { clients } = currentPhase();
  if (clients == null || remainingMs() <= 0) return sleep(0.1);
  const { timings, status } = read(`/report?ms=${clients.holdMs}`, 'GET /report');
  requestDuration.add(timings.blocked + timings.connecting + timings.duration, { phase, status: String(status) });
  const restSeconds = Math.min(clients.restSeconds ?? 0, remainingMs() / 1000);
  if (restSeconds > 0) sleep(restSeconds);
};

const writeNote = (key: string, tenant: string | null): void => {
  const phase = tagIteration();
  if (remainingMs() <= 0) return sleep(0.5);
  const write = noteWrite(key, randomFrom(key));
  const content = tenant === null ? write.content : { ...write.content, tenant };
  const { timings, status } = send({ ...write, content }, tagged('PUT /notes/:key')).response;
  requestDuration.add(timings.blocked + timings.connecting + timings.duration, { phase, status: String(status) });
};

const nextNote = (): string => `write-${currentPlan().seed}-${exec.vu.idInTest}-${exec.vu.iterationInScenario}`;

/** In place of `activeJob`: each user writes one note after the other, so that there are as many writes as users. */
export const noteWriter = (): void => writeNote(nextNote(), null);

/** The same, all of them for one tenant that nobody else uses. */
export const noteWriterOfOneTenant = (): void => writeNote(nextNote(), 'tenant-flood');
