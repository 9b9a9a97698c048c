/**
 * No number of ours in a stranger's verdict: a criterion with a level of ours only warns where nobody declared a bound
 * for the service, or is never judged there, or stands below with what makes its level everybody's.
 */
import { expect, test } from 'vitest';
import { madeEntry } from '../compare/recordings/runs.ts';
import type { CriterionResult } from '../result.ts';
import type { Criterion, JudgedEntry } from './criterion.ts';
import { criteria, judge, judgeOf } from './fixtures/judge.ts';
import { budgets, healthyRecorder, phases } from './fixtures/healthy-run.ts';
import type { Recorder } from './fixtures/recorder.ts';
import { missingSources } from './missing-sources.ts';

const everybodys: Readonly<Record<string, string>> = {
  'database-connections': "full is a fact: what the database itself says that it gives out, or the role's own limit",
  'dropped-iterations': 'of what was not sent nothing was measured, whatever the service is like',
  goodput: "whether a request succeeded is said by HTTP, or by the script's own expected statuses",
  'refused-requests': 'a refusal is said by HTTP; its share is declared, and 1 % where nobody does',
};

/** Neither none at all nor all of them: somebody has chosen it. */
const hasLevel = ({ bounds }: Criterion): boolean =>
  bounds.some(({ severity, value }) => severity === 'fail' && value !== 0);

const theirs: Partial<JudgedEntry> = {
  isForeign: true,
  stackSpec: null,
  route: null,
  budgets: {},
  missing: missingSources(madeEntry({ group: 'external' }), healthyRecorder().observations()),
};

/** Started by its config: its processes, their ends and the pooler's log are seen. It declares the budget alone. */
const started: Partial<JudgedEntry> = {
  ...theirs,
  route: 'pooler',
  stackSpec: judgeOf(healthyRecorder()).stackSpec,
  budgets: { service: budgets.service, pooler: null, database: null },
  missing: missingSources(madeEntry({ group: 'external' }), healthyRecorder().observations(), true),
};

test.each([
  ['that runs elsewhere', theirs],
  ['that pgsurge starts', started],
])('of a service %s a level of ours only warns, or is everybody’s', (_, entry) => {
  const isJudged = ({ id }: Criterion): boolean => judge(id, undefined, entry).verdict !== 'notApplicable';
  const levels = criteria.filter((criterion) => hasLevel(criterion) && isJudged(criterion));
  const judged = levels.map(({ id }) => id);
  expect(levels.length).toBeGreaterThan(6);
  expect(
    levels
      .filter(({ id, suitsReferenceOnly }) => suitsReferenceOnly !== true && everybodys[id] === undefined)
      .map(({ id }) => id),
  ).toEqual([]);
  expect(Object.keys(everybodys).filter((id) => !judged.includes(id))).toEqual([]);
});

test('of a budget that they declared, how much is to be left is ours, and that it was not kept is a fact', () => {
  const used =
    (bytes: number) =>
    (recorder: Recorder): unknown =>
      recorder.gauge('process.memory_bytes', { component: 'service', instance: '1' }, () => bytes);
  const { memoryBytes } = budgets.service;
  expect(judge('memory-headroom', used(0.7 * memoryBytes), started)).toMatchObject({
    verdict: 'warn',
    reason: expect.stringMatching(/30 % left .*nobody declared a bound .*"memory-headroom"/),
  });
  const declared = { id: 'memory-headroom', value: 40 };
  expect(judge('memory-headroom', used(0.7 * memoryBytes), started, declared).verdict).toBe('fail');
  expect(judge('memory-headroom', used(1.1 * memoryBytes), started)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('service used more than its whole budget'),
  });
});

test('nothing of our own stack stands in for what a stranger’s does not say', () => {
  const silent = healthyRecorder()
    .remove('postgres.role_limit')
    .remove('postgres.max_connections')
    .remove('db.client.connection.max');
  const missing = missingSources(madeEntry({ group: 'external' }), silent.observations());
  const withoutLimits = (id: string) =>
    judge(
      id,
      (recorder) =>
        recorder.remove('postgres.role_limit').remove('postgres.max_connections').remove('db.client.connection.max'),
      { ...theirs, missing },
    ).verdict;
  expect(withoutLimits('database-connections')).toBe('inconclusive');
  expect(withoutLimits('pool-utilisation')).toBe('notApplicable');
  for (const id of ['memory-headroom', 'cpu-headroom', 'memory-after-load', 'throughput', 'replica-deaths'])
    expect(withoutLimits(id), id).toBe('notApplicable');
});

/** Of k6, database, pooler and host, as most give them, and what else begins so: no metrics of the service. */
const bare =
  (alsoSeen = /^$/) =>
  (recorder: Recorder): void => {
    const { series, histograms } = recorder.observations();
    const isSeen = (name: string): boolean =>
      /^(?:http_|iteration|vus|postgres\.|pooler\.|host\.|harness\.)/.test(name) || alsoSeen.test(name);
    for (const name of new Set([...series, ...histograms].map((one) => one.name)))
      if (!isSeen(name)) recorder.remove(name);
  };

const isUnknown = ({ verdict }: CriterionResult): boolean => verdict === 'inconclusive';

/** Users that walk a journey keep no jobs. */
const withoutJobs = phases.map((one) => ({ ...one, activeJobs: 0 }));

/** With what pgsurge sees of every process that it starts. */
const startedBare = (recorder: Recorder): void => {
  bare(/^process\./)(recorder.source('service-exits', true));
  recorder.gauge('service.exits', { instance: '1' }, () => 0);
  recorder.gauge('log.lines', { component: 'pooler', kind: 'read' }, () => 50);
};

test.each([
  ['that runs elsewhere', theirs, bare()],
  ['that pgsurge starts', started, startedBare],
] as const)(
  'of a service %s without metrics what was not given is not applicable, and not unknown',
  (_, entry, change) => {
    const recorder = healthyRecorder();
    change(recorder);
    const given = { ...entry, phases: withoutJobs, replicas: 1 };
    const facts = madeEntry({ group: 'external' });
    const missing = missingSources(facts, recorder.observations(), entry === started);
    const unknown = criteria.map(({ id }) => judge(id, change, { ...given, missing })).filter(isUnknown);
    expect(unknown.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
  },
);
