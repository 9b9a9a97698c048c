import { expect, test } from 'vitest';
import type { LoadTotals } from '../../result.ts';
import type { JudgedEntry } from '../criterion.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { durations } from '../fixtures/recorder.ts';
import { grade, variantOf } from '../fixtures/graded.ts';
import { brokenEntry, fault, heard } from '../fixtures/broken-run.ts';
import { healthyRecorder } from '../fixtures/healthy-run.ts';
import { judge, judgeOf, loadTotals } from '../fixtures/judge.ts';

const served =
  (share: number) =>
  (recorder: Recorder): unknown =>
    recorder.histogram('http.server.request.duration', { 'service.instance': '1', 'http.route': '/jobs' }, (second) =>
      second <= 150 ? durations(33 * share, 0.02, second) : [],
    );

test('all spoke and agree', () => {
  expect(judge('evidence')).toMatchObject({
    verdict: 'pass',
    reason: 'all 8 sources spoke to the end, and their counts agree',
  });
  expect(judge('evidence', served(1)).verdict).toBe('pass');
});

test("what k6 counted and nobody received is said, and is nobody's pass", () => {
  const half = { loadTotals: { ...loadTotals, requests: 9900, failedRequests: 4950 } };
  expect(judge('evidence', undefined, half)).toMatchObject({
    verdict: 'inconclusive',
    reason: '4,950 of 9,900 requests that k6 counted did not arrive (http_reqs)',
  });
  for (const id of ['goodput', 'api-p95', 'target-alive', 'throughput'])
    expect(judge(id, undefined, half), id).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('did not arrive'),
    });
});

test('the service counts other requests than k6: beyond what a stopped replica takes with it nothing is known', () => {
  expect(judge('evidence', served(2 / 3))).toMatchObject({
    verdict: 'inconclusive',
    reason: 'requests answered: k6 ≠ service: 4,950 and 3,300',
  });
  const restart = { do: 'restart', title: 'restart', atMs: 70_000, endMs: 71_000, ok: true };
  const few = (recorder: Recorder): unknown =>
    recorder.histogram('http.server.request.duration', { 'service.instance': '1', 'http.route': '/jobs' }, (second) =>
      second <= 150 && second !== 70 ? durations(33, 0.02, second) : [],
    );
  expect(judge('evidence', few).verdict).toBe('inconclusive');
  expect(judge('evidence', few, { steps: [restart] }).verdict).toBe('pass');
  expect(judge('evidence', served(2 / 3), { steps: [restart] }).verdict).toBe('inconclusive');
});

/** 400 answers of that status in the steady phase, and how many of them the front says were its own, and when. */
const turnedAway =
  (status: string, own: number, fromSecond = 70) =>
  (recorder: Recorder): void => {
    served(1)(recorder);
    const labels = { phase: 'steady', kind: 'interactive', status, outcome: 'error' };
    recorder.gauge('http_reqs', labels, (second) => (second >= 70 && second < 110 ? 10 : 0));
    recorder.gauge('front.answered', { status }, (second) =>
      second >= fromSecond && second < fromSecond + 40 ? own / 40 : 0,
    );
  };
const more = { loadTotals: { ...loadTotals, requests: loadTotals.requests + 400 } };
const evidenceWith = (change: (recorder: Recorder) => unknown, changed: Partial<JudgedEntry> = {}): string =>
  judge('evidence', change, { ...more, ...changed }).verdict;

test('what the front answered itself no replica counts: only as many as it says, whatever their status is', () => {
  expect(evidenceWith(turnedAway('503', 400))).toBe('pass');
  expect(evidenceWith(turnedAway('503', 360))).toBe('inconclusive');
  expect(evidenceWith(turnedAway('503', 440))).toBe('inconclusive');
  expect(evidenceWith(turnedAway('503', 0))).toBe('inconclusive');
});

test('a replica that went away in the midst may have counted the request: only while replicas were down', () => {
  const hit = { faults: [{ ...fault, injectedAtMs: 70_000, revertedAtMs: 110_000 }] };
  expect(evidenceWith(turnedAway('502', 400), hit)).toBe('pass');
  expect(evidenceWith(turnedAway('502', 400))).toBe('inconclusive');
  expect(evidenceWith(turnedAway('502', 400, 20), hit)).toBe('inconclusive');
  expect(evidenceWith(turnedAway('502', 200), hit)).toBe('inconclusive');
  const died = (recorder: Recorder): void => {
    turnedAway('502', 400)(recorder);
    recorder.gauge('service.exits', { instance: '1' }, (second) => (second >= 70 ? 1 : 0));
  };
  expect(evidenceWith(died)).toBe('inconclusive');
});

test('what the harness itself asks of a service is none of the load', () => {
  const asked = (recorder: Recorder): void => {
    served(1)(recorder);
    const labels = { 'service.instance': '1', 'http.route': '/settings' };
    recorder.histogram('http.server.request.duration', labels, (second) =>
      second === 3 ? durations(400, 0.02, second) : [],
    );
  };
  expect(judge('evidence', asked).verdict).toBe('pass');
});

test('an export that could not be read is told, and what needs it is not known', () => {
  const unread =
    (at: number) =>
    (recorder: Recorder): unknown =>
      recorder.gauge('otlp.unreadable', {}, (second) => (second === at ? 1 : 0));
  const told = expect.stringContaining('1 export of metrics could not be read (at 70.0 s): what they said is missing');
  expect(judge('evidence', unread(70))).toMatchObject({ verdict: 'pass', reason: told });
  for (const id of ['pool-utilisation', 'query-p95', 'cpu-headroom'])
    expect(judge(id, unread(70)), id).toMatchObject({ verdict: 'inconclusive', reason: told });
  // Before the load there is nothing to be judged; what k6 sends is counted by k6 too.
  expect(judge('pool-utilisation', unread(3)).verdict).toBe('pass');
  expect(judge('goodput', unread(70)).verdict).toBe('pass');
});

test('a source that was lost is named', () => {
  expect(judge('evidence', (recorder) => recorder.source('store', false, 'the disk is full'))).toMatchObject({
    verdict: 'inconclusive',
    reason: 'store was lost: the disk is full',
  });
});

test('an entry whose evidence is broken is inconclusive at best, whatever was expected of it', () => {
  const lost = { loadTotals: { ...loadTotals, requests: 4960 } };
  const reason = expect.stringMatching(/^10 of 4,960 requests that k6 counted did not arrive/);
  expect(grade({ judge: lost })).toMatchObject({ verdict: 'inconclusive', asExpected: null, reason });
  expect(grade({ judge: lost, variant: variantOf({ expected: 'symptoms', symptoms: [] }) })).toMatchObject({
    verdict: 'inconclusive',
    asExpected: null,
    reason,
  });
});

const within = (from: number, until: number) => (atMs: number) => atMs > from * 1000 && atMs <= until * 1000;

/** Without the samples of one source in a stretch; its collector says that all is well. */
const tornAt =
  (name: RegExp, from: number, until: number) =>
  (recorder: Recorder): void => {
    for (const one of heard(recorder)
      .observations()
      .series.filter((series) => name.test(series.name))) {
      const kept = Array.from(one.tMs.keys()).filter((at) => !within(from, until)(one.tMs[at]!));
      Object.assign(one, {
        tMs: Float64Array.from(kept, (at) => one.tMs[at]!),
        values: Float64Array.from(kept, (at) => one.values[at]!),
      });
    }
  };

test.each([
  ['the pooler', /^pooler\./],
  ['the host', /^host\./],
])('%s silent at the start, in the middle, at the end or all the time is no evidence', (_, name) => {
  for (const [from, until] of [
    [0, 30],
    [50, 70],
    [90, 155],
    [0, 155],
  ] as const)
    expect(judge('evidence', tornAt(name, from, until)).verdict, `${from} to ${until}`).toBe('inconclusive');
  expect(judge('evidence', tornAt(name, 50, 52)).verdict).toBe('pass');
});

test('each pooler that was started is to be heard, and none where there is none', () => {
  const { stackSpec } = judgeOf(healthyRecorder());
  expect(judge('evidence', undefined, { stackSpec: { ...stackSpec!, poolers: 2 } })).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('of 2 instances of the pooler only 1 was seen'),
  });
  const silent = (recorder: Recorder): unknown =>
    recorder.remove('pooler.clients').sources.splice(
      recorder.sources.findIndex(({ source }) => source === 'pooler-pools'),
      1,
    );
  expect(judge('evidence', silent).verdict).toBe('inconclusive');
  expect(judge('evidence', silent, { route: 'direct' }).verdict).toBe('pass');
  expect(judge('evidence', silent, { isForeign: true, stackSpec: null }).verdict).toBe('pass');
});

test('a pooler that a fault stops may be silent for that time', () => {
  const hit = { ...brokenEntry, faults: [{ ...fault, target: 'pooler 1' }] };
  expect(judge('evidence', tornAt(/^pooler\./, 70, 78), hit).verdict).toBe('pass');
  expect(judge('evidence', tornAt(/^pooler\./, 30, 38), hit).verdict).toBe('inconclusive');
  const step = { do: 'restart-pooler' as const, title: 'restart of pooler 1', atMs: 70_000, endMs: 74_000, ok: true };
  expect(judge('evidence', tornAt(/^pooler\./, 70, 78), { steps: [step] }).verdict).toBe('pass');
  expect(judge('evidence', tornAt(/^pooler\./, 30, 38), { steps: [step] }).verdict).toBe('inconclusive');
});

test('a script that sends nothing that is seen, and asks nothing, says nothing of the service', () => {
  const quiet = (recorder: Recorder): unknown => recorder.remove('http_reqs').remove('http_req_duration');
  const entry = (changed: Partial<LoadTotals>): Partial<JudgedEntry> => ({
    isForeign: true,
    stackSpec: null,
    missing: { requests: 'the script sent no HTTP request' },
    loadTotals: { ...loadTotals, requests: 0, ...changed },
  });
  expect(judge('evidence', quiet, entry({}))).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('nothing says how the service did'),
  });
  const checks = [{ name: 'is there', group: '', passes: 100, fails: 0 }];
  expect(judge('evidence', quiet, entry({ checks })).verdict).toBe('pass');
});
