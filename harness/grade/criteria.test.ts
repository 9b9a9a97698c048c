/** Each criterion: series by shape and noise, with a pass, a fail and an inconclusive. */
import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../result.ts';
import type { Criterion } from './criterion.ts';
import {
  criteria,
  durations,
  flat,
  healthyRecorder,
  histogramOf,
  judge,
  judgeOf,
  leak,
  loadTotals,
  noisy,
  okChecks,
  phase,
  phases,
  sawtooth,
  seconds,
  spike,
  type Recorder,
} from './fixtures.ts';
import { judgeCriterion } from './judge-criterion.ts';

const instance = (number: string): Record<string, string> => ({
  'service.instance': number,
  'db.client.connection.pool.name': 'main',
});
const steady = { phase: 'steady', kind: 'interactive', status: '200', outcome: 'ok' };
const failedRequests =
  (count: number) =>
  (recorder: Recorder): unknown =>
    recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '500', outcome: 'error' }, (second) =>
      second > 5 && second <= 60 ? count : 0,
    );
const nothing = (recorder: Recorder): void => {
  recorder.sources.length = 0;
  for (const name of new Set(recorder.observations().series.map((one) => one.name))) recorder.remove(name);
  for (const name of new Set(recorder.observations().histograms.map((one) => one.name))) recorder.remove(name);
};

/** Without faults, steps or a declared bound these have nothing to say. */
const onlyWhereDeclared = [
  'faults-bit',
  'steps-done',
  'due-to-start',
  'recovery',
  'allowed-errors',
  'steady-before',
  'schedules-per-queue',
  'dispatches-per-pass',
];

describe('the healthy run', () => {
  test.each(criteria.map(({ id }) => id))('%s is met', (id) => {
    const result = judge(id);
    expect(result.verdict, result.reason).toBe(onlyWhereDeclared.includes(id) ? 'notApplicable' : 'pass');
    if (result.verdict === 'pass') expect(result.measuredBy).not.toBe('');
  });

  test.each(criteria.map(({ id }) => id).filter((id) => !onlyWhereDeclared.includes(id)))(
    '%s is inconclusive when nothing was seen, never met',
    (id) => {
      const result = judge(id, nothing, { checks: [], loadTotals: null });
      expect(result.verdict).toBe('inconclusive');
      expect(result.reason).not.toBe('');
    },
  );

  test.each(criteria.map(({ id }) => id))('%s declared not applicable is not judged', (id) => {
    expect(judge(id, nothing, {}, { id, notApplicable: 'because' })).toMatchObject({
      verdict: 'notApplicable',
      reason: 'because',
    });
  });
});

test('a lost source is named by what it leaves unknown', () => {
  const result = judge('query-p95', (recorder) =>
    recorder.remove('db.client.operation.duration').source('target', false, 'no export since 12.0 s'),
  );
  expect(result).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('target: no export since 12.0 s'),
  });
});

describe('lost-data and corrupt-data', () => {
  const check = (id: string, invariant: string, changed: Partial<CheckResult>): CheckResult => ({
    ...okChecks[0]!,
    id,
    title: id,
    invariant,
    ...changed,
  });
  test('one violation fails the one it belongs to', () => {
    const lost = [
      check('acknowledged-writes', 'I1', { status: 'violated', violations: 1, examples: ['notes: note-7 is missing'] }),
      okChecks[2]!,
    ];
    expect(judge('lost-data', undefined, { checks: lost })).toMatchObject({
      verdict: 'fail',
      value: 1,
      evidence: [{ text: 'notes: note-7 is missing' }],
    });
    expect(judge('corrupt-data', undefined, { checks: lost }).verdict).toBe('pass');
    const doubled = [okChecks[0]!, check('task-effects', 'I4', { status: 'violated', violations: 3 })];
    expect(judge('lost-data', undefined, { checks: doubled }).verdict).toBe('pass');
    expect(judge('corrupt-data', undefined, { checks: doubled })).toMatchObject({ verdict: 'fail', value: 3 });
  });
  test('one checker that broke leaves it unknown, unless another found something', () => {
    const broken = check('jobs-end', 'I5', { status: 'inconclusive', reason: 'the checker broke: gone' });
    expect(judge('corrupt-data', undefined, { checks: [...okChecks, broken] })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('gone'),
    });
    expect(
      judge('corrupt-data', undefined, {
        checks: [broken, check('task-effects', 'I4', { status: 'violated', violations: 1 })],
      }).verdict,
    ).toBe('fail');
  });
});

describe('transaction-errors', () => {
  const failing =
    (count: number) =>
    (recorder: Recorder): unknown =>
      recorder.gauge('pgsurge.transactions', { 'service.instance': '1', outcome: 'failed', name: 'claim' }, (second) =>
        second === 30 ? count : 0,
      );
  test('two of thousands is not none, and passes; one in a hundred fails', () => {
    const few = judge('transaction-errors', failing(2));
    expect(few).toMatchObject({ verdict: 'pass', numerator: 2 });
    expect(few.value).toBeGreaterThan(0);
    expect(few.reason).toContain('2 of 9,202');
    expect(judge('transaction-errors', failing(120)).verdict).toBe('fail');
  });
  test('in the warm-up they do not count', () => {
    expect(
      judge('transaction-errors', (recorder) =>
        recorder.gauge(
          'pgsurge.transactions',
          { 'service.instance': '1', outcome: 'failed', name: 'claim' },
          spike(0, 500, 3),
        ),
      ),
    ).toMatchObject({ verdict: 'pass', numerator: 0 });
  });
  test('too few transactions are inconclusive, with the count', () => {
    const few = judge('transaction-errors', (recorder) =>
      recorder.remove('pgsurge.transactions').gauge('pgsurge.transactions', { outcome: 'ok' }, spike(0, 30, 30)),
    );
    expect(few).toMatchObject({ verdict: 'inconclusive', count: 30 });
  });
});

describe('burst-recovery', () => {
  const slowFrom80 =
    (until: number) =>
    (recorder: Recorder): unknown =>
      recorder.histogram(
        'pgsurge.transaction.duration',
        { 'service.instance': '1', outcome: 'ok', name: 'claim' },
        (second) => durations(40, second > 60 && second <= until ? 2 : 0.005, second),
      );
  test('the time to the last slow transaction, against the scaled bound', () => {
    expect(judge('burst-recovery', slowFrom80(100))).toMatchObject({
      verdict: 'pass',
      value: 20,
      bounds: [{ value: 30 }],
      fullBounds: [{ value: 600 }],
    });
    expect(judge('burst-recovery', slowFrom80(112))).toMatchObject({ verdict: 'fail', value: 32 });
    expect(judge('burst-recovery', slowFrom80(112), { profile: { name: 'full', timeScale: 1 } })).toMatchObject({
      verdict: 'pass',
      fullBounds: null,
    });
  });
  test('one that never recovers fails, however short the time after', () => {
    expect(judge('burst-recovery', slowFrom80(1000))).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('never recovered'),
    });
    expect(judge('burst-recovery', slowFrom80(1000), { profile: { name: 'full', timeScale: 1 } }).verdict).toBe('fail');
  });
  test('in a recovery shorter than the bound, the bound decides until the load ends', () => {
    const smoke = {
      profile: { name: 'smoke', timeScale: 900 },
      phases: [...phases.slice(0, 3), phase('recovery', 'recovery', 80, 84)],
    };
    for (const until of [81, 82, 83])
      expect(judge('burst-recovery', slowFrom80(until), smoke)).toMatchObject({
        verdict: 'pass',
        value: until - 80,
        bounds: [{ value: 6 }],
      });
    for (const until of [84, 85])
      expect(judge('burst-recovery', slowFrom80(until), smoke)).toMatchObject({
        verdict: 'fail',
        reason: expect.stringContaining('still slow when the load ended'),
      });
    const cutShort = (recorder: Recorder): unknown =>
      recorder
        .remove('pgsurge.transaction.duration')
        .histogram('pgsurge.transaction.duration', {}, (second) => durations(40, 2, second), 83);
    expect(judge('burst-recovery', cutShort, smoke)).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('never recovered'),
    });
  });
  test('silence after the burst is no recovery', () => {
    const quiet = (recorder: Recorder): unknown =>
      recorder
        .remove('pgsurge.transaction.duration')
        .histogram('pgsurge.transaction.duration', {}, (second) => durations(40, 2, second), 80);
    expect(judge('burst-recovery', quiet)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('too few'),
    });
  });
  test('without a burst it does not apply', () => {
    expect(judge('burst-recovery', undefined, { phases: [phase('steady', 'steady', 0, 60)] }).verdict).toBe(
      'notApplicable',
    );
  });
});

describe('api-p95', () => {
  const slow =
    (middle: number) =>
    (recorder: Recorder): unknown =>
      recorder.histogram('http_req_duration', steady, (second) =>
        second > 5 && second <= 60 ? durations(20, middle, second) : [],
      );
  test('slow requests fail it, few slow ones do not', () => {
    expect(judge('api-p95', slow(350)).verdict).toBe('fail');
    expect(judge('api-p95', slow(100)).verdict).toBe('pass');
    expect(
      judge('api-p95', (recorder) =>
        recorder.histogram('http_req_duration', { ...steady, name: 'rare' }, (second) =>
          second === 30 ? durations(20, 4000) : [],
        ),
      ).verdict,
    ).toBe('pass');
  });
  test('a dead target is the fastest of all, and fails', () => {
    const dead = judge('api-p95', (recorder) => {
      recorder.remove('http_reqs').remove('http_req_duration');
      recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '0', outcome: 'error' }, flat(6693));
      recorder.histogram(
        'http_req_duration',
        { phase: 'steady', kind: 'interactive', status: '0', outcome: 'error' },
        () => [0.01, 0.01],
      );
    });
    expect(dead).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('never served') });
  });
  test('failing fast is no speed-up: a request that failed counts as slowest', () => {
    expect(judge('api-p95', failedRequests(3)).verdict).toBe('fail');
    expect(
      judge('api-p95', (recorder) =>
        recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '429' }, flat(200)),
      ).verdict,
    ).toBe('pass');
  });
  test('the outcome follows from the status where k6 gives no outcome', () => {
    const bare = judge('api-p95', (recorder) => {
      recorder.remove('http_reqs').remove('http_req_duration');
      recorder.gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '503' }, flat(20));
      recorder.histogram('http_req_duration', { phase: 'steady', kind: 'interactive', status: '503' }, () =>
        durations(20, 1),
      );
    });
    expect(bare.verdict).toBe('fail');
  });
  test('too few are inconclusive', () => {
    const few = judge('api-p95', (recorder) => {
      recorder
        .remove('http_reqs')
        .remove('http_req_duration')
        .gauge('http_reqs', steady, spike(0, 40, 30))
        .histogram('http_req_duration', steady, (second) => (second === 30 ? durations(40, 20) : []));
    });
    expect(few).toMatchObject({ verdict: 'inconclusive', count: 40 });
  });
});

describe('query-p95 and due-to-start', () => {
  const slow =
    (name: string, middle: number) =>
    (recorder: Recorder): unknown =>
      recorder.histogram(name, { 'service.instance': '1' }, (second) => durations(60, middle, second));
  test('slow queries fail', () => {
    expect(judge('query-p95', slow('db.client.operation.duration', 0.2)).verdict).toBe('fail');
    expect(judge('query-p95', slow('db.client.operation.duration', 0.02)).verdict).toBe('pass');
  });
  test('one kind of query that is slow is found among thousands of quick ones', () => {
    const dashboard =
      (seconds: number) =>
      (recorder: Recorder): unknown =>
        recorder.histogram(
          'db.client.operation.duration',
          { 'service.instance': '1', 'db.operation.name': 'dashboard' },
          (second) => durations(2, seconds, second),
        );
    expect(judge('query-p95', dashboard(0.4))).toMatchObject({
      verdict: 'fail',
      value: expect.closeTo(400, -2),
      reason: expect.stringContaining('"dashboard"'),
    });
    expect(judge('query-p95', dashboard(0.04)).verdict).toBe('pass');
  });
  test('correct but late fails where a bound is declared', () => {
    const declared = { id: 'due-to-start', value: 1000 };
    expect(judge('due-to-start', undefined, {}, declared).verdict).toBe('pass');
    expect(judge('due-to-start', slow('pgsurge.task.due_to_start', 7.5), {}, declared).verdict).toBe('fail');
    expect(
      judge('due-to-start', (recorder) => recorder.remove('pgsurge.task.due_to_start'), {}, declared).verdict,
    ).toBe('inconclusive');
  });
});

describe('connection-timeouts', () => {
  const timeouts =
    (shape: (second: number) => number) =>
    (recorder: Recorder): unknown =>
      recorder.gauge('db.client.connection.timeouts', instance('1'), shape);
  test('one is too many, also before the first phase', () => {
    expect(judge('connection-timeouts', timeouts(spike(0, 1, 40)))).toMatchObject({ verdict: 'fail', numerator: 1 });
    expect(
      judge('connection-timeouts', timeouts(spike(0, 1, 1)), {
        phases: phases.map((one) => ({ ...one, startMs: one.startMs + 2000, endMs: one.endMs + 2000 })),
      }).verdict,
    ).toBe('fail');
    expect(judge('connection-timeouts', timeouts(spike(0, 1, 3))).verdict).toBe('pass');
  });
  test('a pool that only ever timed out is not "none were asked for"', () => {
    expect(
      judge('connection-timeouts', (recorder) => {
        recorder.remove('pgsurge.acquisitions');
        timeouts(flat(2))(recorder);
      }),
    ).toMatchObject({ verdict: 'fail', value: 100 });
  });
});

describe('pool-utilisation', () => {
  const used =
    (shape: (second: number) => number, until = seconds) =>
    (recorder: Recorder): unknown =>
      recorder.gauge('db.client.connection.count', { ...instance('2'), state: 'used' }, shape, until);
  test('sustained is ten samples in a row: one replica suffices, a spike does not', () => {
    expect(judge('pool-utilisation', used(noisy(flat(17), 0.05)))).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('replica 2'),
    });
    expect(judge('pool-utilisation', used(spike(5, 18, 40, 9))).verdict).toBe('pass');
    expect(judge('pool-utilisation', used(spike(5, 18, 40, 10))).verdict).toBe('fail');
    expect(judge('pool-utilisation', used(sawtooth(4, 18, 8))).verdict).toBe('pass');
    expect(judge('pool-utilisation', used(leak(4, 0.2))).verdict).toBe('fail');
  });
  test('a phase of eight seconds is judged by all its samples, which can only be stricter', () => {
    const short = [phase('warm-up', 'warmup', 0, 2), phase('steady', 'steady', 2, 10)];
    expect(judge('pool-utilisation', used(flat(18)), { phases: short }).verdict).toBe('fail');
    expect(judge('pool-utilisation', undefined, { phases: short }).verdict).toBe('pass');
  });
  test('cut short is unknown, unless it was over before', () => {
    expect(
      judge('pool-utilisation', (recorder) => {
        for (const one of ['1', '2'])
          recorder.gauge('db.client.connection.count', { ...instance(one), state: 'used' }, flat(5), 50);
      }),
    ).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('end at 50.0 s') });
    expect(
      judge('pool-utilisation', (recorder) => {
        for (const one of ['1', '2'])
          recorder.gauge('db.client.connection.count', { ...instance(one), state: 'used' }, flat(18), 50);
      }).verdict,
    ).toBe('fail');
  });
  test('fewer than five samples are too few', () => {
    expect(judge('pool-utilisation', undefined, { phases: [phase('steady', 'steady', 2, 6)] }).verdict).toBe(
      'inconclusive',
    );
  });
});

describe('database-connections', () => {
  const sessions =
    (idle: number) =>
    (recorder: Recorder): unknown =>
      recorder.gauge('postgres.sessions', { role: 'app', application: 'service', state: 'idle' }, spike(20, idle, 40));
  test('the role limit, reached in one sample', () => {
    expect(judge('database-connections', sessions(40)).verdict).toBe('pass');
    expect(judge('database-connections', sessions(49))).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('its limit is 50'),
    });
  });
  test('80 % of max_connections, over all roles', () => {
    expect(
      judge('database-connections', (recorder) => {
        recorder.gauge('postgres.sessions', { role: 'other', application: 'x', state: 'idle' }, flat(50));
      }),
    ).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('75 sessions in all') });
  });
});

describe('throughput', () => {
  test('jobs below the nominal fail, above pass', () => {
    const jobs =
      (perSecond: number) =>
      (recorder: Recorder): unknown =>
        recorder.gauge('pgsurge_jobs_done', { phase: 'steady' }, (second) =>
          second > 5 && second <= 60 ? perSecond : 0,
        );
    expect(judge('throughput', jobs(1.95)).verdict).toBe('pass');
    expect(judge('throughput', jobs(1)).verdict).toBe('fail');
    expect(judge('throughput', jobs(0)).verdict).toBe('fail');
  });
  test('requests that failed, were refused or never sent are not done', () => {
    expect(judge('throughput', failedRequests(5)).verdict).toBe('fail');
    expect(
      judge('throughput', (recorder) =>
        recorder.gauge(
          'http_reqs',
          { phase: 'burst', kind: 'interactive', status: '429', outcome: 'refused' },
          flat(3),
        ),
      ).verdict,
    ).toBe('fail');
    expect(
      judge('throughput', (recorder) => recorder.gauge('dropped_iterations', { phase: 'steady' }, flat(5))).verdict,
    ).toBe('fail');
  });
  test('a starved generator says nothing of the service', () => {
    expect(
      judge('throughput', (recorder) =>
        recorder.gauge('dropped_iterations', { phase: 'steady' }, flat(5)).gauge('host.cpu_idle_share', {}, flat(0.02)),
      ).verdict,
    ).toBe('inconclusive');
  });
  test('a stretch too short to tell 94 from 95 % is inconclusive', () => {
    const short = [phase('steady', 'steady', 5, 13)];
    const jobs =
      (perSecond: number) =>
      (recorder: Recorder): unknown =>
        recorder
          .gauge('pgsurge_jobs_done', { phase: 'steady' }, flat(perSecond), 13)
          .gauge('http_reqs', steady, flat(20));
    expect(
      judge(
        'throughput',
        (recorder) => {
          recorder.remove('pgsurge_jobs_done');
          recorder.gauge('pgsurge_jobs_done', { phase: 'steady' }, (second) => (second > 5 && second <= 13 ? 1.8 : 0));
        },
        { phases: short },
      ).verdict,
    ).toBe('inconclusive');
    expect(judge('throughput', jobs(0.1), { phases: short }).verdict).toBe('fail');
  });
  test('what a burst left to be done counts where it is done, and is missed where it is not', () => {
    const tenfold = [
      phase('before', 'steady', 5, 20),
      phase('burst', 'burst', 20, 50, 100),
      phase('recovery', 'recovery', 50, 80),
    ];
    const jobs =
      (done: Record<string, number>) =>
      (recorder: Recorder): void => {
        recorder.remove('pgsurge_jobs_done');
        for (const { name, startMs, endMs } of tenfold)
          recorder.gauge('pgsurge_jobs_done', { phase: name }, (second) =>
            second > startMs / 1000 && second <= endMs / 1000 ? done[name]! : 0,
          );
      };
    expect(judge('throughput', jobs({ before: 2, burst: 10, recovery: 12 }), { phases: tenfold }).verdict).toBe('pass');
    expect(judge('throughput', jobs({ before: 2, burst: 10, recovery: 2 }), { phases: tenfold }).verdict).toBe('fail');
  });
  test('against a reference variant where there is one', () => {
    expect(judge('throughput', undefined, { referenceJobsPerActiveJobMinute: 20 }).verdict).toBe('fail');
  });
});

describe('pool-recovers and connections-return', () => {
  const waiting =
    (shape: (second: number) => number, until = seconds) =>
    (recorder: Recorder): void => {
      for (const one of ['1', '2'])
        recorder.gauge('db.client.connection.pending_requests', instance(one), shape, until);
    };
  test('waiting in the burst is no failure, waiting at the end is', () => {
    expect(judge('pool-recovers', waiting(spike(0, 40, 62, 15))).verdict).toBe('pass');
    expect(
      judge(
        'pool-recovers',
        waiting((second) => (second > 60 ? 12 : 0)),
      ),
    ).toMatchObject({ verdict: 'fail', value: 24 });
  });
  test('a service that is stopped drops who waits: that is no recovery', () => {
    const stuckUntil = (second: number) => waiting((at) => (at > 20 && at <= second ? 27 : 0));
    expect(judge('pool-recovers', stuckUntil(152), { teardownMs: 152_000 })).toMatchObject({
      verdict: 'fail',
      value: 54,
    });
    expect(judge('pool-recovers', stuckUntil(153))).toMatchObject({ verdict: 'fail', value: 54 });
    expect(judge('pool-recovers', stuckUntil(149), { teardownMs: 152_000 }).verdict).toBe('pass');
  });
  test('cut short is unknown', () => {
    expect(judge('pool-recovers', waiting(flat(0), 70)).verdict).toBe('inconclusive');
  });
  test('a leak shows in what stays in use after the load', () => {
    const used =
      (shape: (second: number) => number, until = seconds) =>
      (recorder: Recorder): void => {
        for (const one of ['1', '2'])
          recorder.gauge('db.client.connection.count', { ...instance(one), state: 'used' }, shape, until);
      };
    expect(
      judge(
        'connections-return',
        used((second) => (second > 150 ? 3 : 6)),
      ),
    ).toMatchObject({ verdict: 'fail', value: 6 });
    expect(
      judge(
        'connections-return',
        used((second) => (second > 150 ? second % 2 : 6)),
      ).verdict,
    ).toBe('pass');
    expect(judge('connections-return', used(flat(6), 150)).verdict).toBe('inconclusive');
    expect(
      judge(
        'connections-return',
        used((second) => (second > 150 ? 3 : 6)),
        { settings: { listenConnections: 'per-listener', outboxListeners: 3 } },
      ).verdict,
    ).toBe('pass');
  });
});

describe('what no client may see', () => {
  test('the pooler logged timeouts while clients saw none', () => {
    let total = 0;
    const logged = judge('pooler-errors', (recorder) =>
      recorder
        .gauge(
          'pooler.log_errors',
          { pooler: '1', family: 'pooler-wait' },
          (second) => (total += second === 30 ? 66 : 0),
        )
        .log('pooler', 'C-0x1: app/app pooler error: query_wait_timeout'),
    );
    expect(logged).toMatchObject({ verdict: 'fail', value: 66, evidence: [{ source: 'pooler' }] });
    expect(judge('connection-timeouts').verdict).toBe('pass');
    expect(judge('pooler-errors', undefined, { route: 'direct' }).verdict).toBe('notApplicable');
    expect(
      judge(
        'pooler-errors',
        (recorder) =>
          recorder.source('pooler-log', false, 'gone') &&
          recorder.sources.splice(
            recorder.sources.findIndex(({ source }) => source === 'pooler-log'),
            1,
          ),
      ).verdict,
    ).toBe('inconclusive');
  });
  test('31 sessions idle in transaction behind a pool that is large enough are still a finding', () => {
    const held =
      (age: (second: number) => number) =>
      (recorder: Recorder): unknown =>
        recorder
          .gauge('postgres.idle_in_transaction.age.max', {}, age)
          .gauge('postgres.sessions', { role: 'app', application: 'service', state: 'idle in transaction' }, flat(31));
    expect(judge('idle-in-transaction', held(noisy(flat(0.3), 0.8)))).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('31 sessions'),
    });
    expect(judge('idle-in-transaction', held(spike(0.004, 2, 30, 3))).verdict).toBe('pass');
    expect(judge('idle-in-transaction', held(leak(0, 1))).verdict).toBe('fail');
  });
  test('a dead target and a silence in the middle', () => {
    const dead = judge('target-alive', (recorder) =>
      recorder
        .remove('http_reqs')
        .gauge('http_reqs', { phase: 'steady', kind: 'interactive', status: '0' }, flat(6693)),
    );
    expect(dead).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('dead'), count: 0 });
    const silent = (recorder: Recorder): void => {
      recorder
        .remove('http_reqs', { phase: 'steady' })
        .gauge('http_reqs', steady, (second) => (second > 5 && second <= 60 && !(second > 30 && second < 40) ? 20 : 0));
    };
    expect(judge('target-alive', silent)).toMatchObject({ verdict: 'fail', value: 10 });
  });
  test('failing fast: goodput', () => {
    expect(judge('goodput', failedRequests(207)).verdict).toBe('fail');
    expect(
      judge('goodput', (recorder) =>
        recorder.gauge(
          'http_reqs',
          { phase: 'steady', kind: 'interactive', status: '429', outcome: 'refused' },
          flat(200),
        ),
      ),
    ).toMatchObject({ verdict: 'pass', reason: expect.stringContaining('refused') });
  });
  test('a generator that fell behind makes the run inconclusive', () => {
    expect(
      judge('dropped-iterations', undefined, { loadTotals: { ...loadTotals, droppedIterations: 200 } }),
    ).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('200 of 3,500') });
    expect(
      judge('dropped-iterations', undefined, { loadTotals: { ...loadTotals, droppedIterations: 3 } }).verdict,
    ).toBe('pass');
  });
});

describe('faults and steps', () => {
  const fault = {
    id: 'x',
    title: 'X',
    target: 't',
    injectedAtMs: 1,
    revertedAtMs: 2,
    bite: 'bit' as const,
    revertProved: true,
  };
  test('only a fault that bit and was mended counts', () => {
    expect(judge('faults-bit', undefined, { faults: [fault] }).verdict).toBe('pass');
    for (const bite of ['did-not-bite', 'partial', 'unknown'] as const)
      expect(judge('faults-bit', undefined, { faults: [fault, { ...fault, bite }] }).verdict).toBe('inconclusive');
    expect(judge('faults-bit', undefined, { faults: [{ ...fault, revertProved: false }] }).verdict).toBe('fail');
  });
  test('a step that failed was another run than the declared one', () => {
    const step = { do: 'restart', title: 'restart', atMs: 1, ok: true };
    expect(judge('steps-done', undefined, { steps: [step] }).verdict).toBe('pass');
    expect(judge('steps-done', undefined, { steps: [step, { ...step, ok: false, message: 'no' }] }).verdict).toBe(
      'inconclusive',
    );
    expect(judge('steps-done', undefined, { steps: [{ ...step, do: 'start' }] }).verdict).toBe('notApplicable');
  });
});

test('a criterion that throws is inconclusive with its message', () => {
  const broken: Criterion = {
    ...criteria[0]!,
    measure: () => {
      throw new Error('bang');
    },
  };
  expect(judgeCriterion(broken, { ...judgeOf(healthyRecorder()), declaration: null })).toMatchObject({
    verdict: 'inconclusive',
    reason: 'judging broke: bang',
  });
  const endless: Criterion = {
    ...criteria[0]!,
    measure: () => ({ state: 'measured', value: NaN, count: 1, measuredBy: '' }),
  };
  expect(judgeCriterion(endless, { ...judgeOf(healthyRecorder()), declaration: null }).verdict).toBe('inconclusive');
});

test("a declared bound replaces the criterion's own", () => {
  expect(judge('goodput', failedRequests(5), {}, { id: 'goodput', value: 50 })).toMatchObject({
    verdict: 'pass',
    bounds: [{ value: 50, comparator: '>=' }],
  });
});

test('histograms of the fixtures hold what was put in', () => {
  expect(histogramOf([0, 1, 2, 4])).toMatchObject({ count: 4, zeroCount: 1, sum: 7, max: 4 });
});
