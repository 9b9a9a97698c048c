/**
 * No number of ours in a stranger's verdict: a criterion with a level of ours only warns where nobody declared a bound
 * for the service, or is never judged there, or stands below with what makes its level everybody's.
 */
import { expect, test } from 'vitest';
import { madeEntry } from '../compare/recordings/runs.ts';
import type { Criterion, JudgedEntry } from './criterion.ts';
import { criteria, judge } from './fixtures/judge.ts';
import { healthyRecorder } from './fixtures/healthy-run.ts';
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

const isJudgedThere = ({ id }: Criterion): boolean => judge(id, undefined, theirs).verdict !== 'notApplicable';

test('a level of ours only warns there, or is everybody’s', () => {
  const levels = criteria.filter((criterion) => hasLevel(criterion) && isJudgedThere(criterion));
  const judged = levels.map(({ id }) => id);
  expect(levels.length).toBeGreaterThan(6);
  expect(
    levels.filter(({ id, suitsReferenceOnly }) => suitsReferenceOnly !== true && everybodys[id] === undefined),
  ).toEqual([]);
  expect(Object.keys(everybodys).filter((id) => !judged.includes(id))).toEqual([]);
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

/** Of k6, database, pooler and host, as most give them: no metrics of the service, no processes. */
const bare = (recorder: Recorder): void => {
  const { series, histograms } = recorder.observations();
  const isTheirs = (name: string): boolean =>
    /^(?:http_|iteration|vus|postgres\.|pooler\.|host\.|harness\.)/.test(name);
  for (const name of new Set([...series, ...histograms].map((one) => one.name)))
    if (!isTheirs(name)) recorder.remove(name);
};

test('without metrics of the service a stranger gets an answer: what was not given is not applicable, not unknown', () => {
  const recorder = healthyRecorder();
  bare(recorder);
  const missing = missingSources(madeEntry({ group: 'external' }), recorder.observations());
  const unknown = criteria.filter(({ id }) => judge(id, bare, { ...theirs, missing }).verdict === 'inconclusive');
  expect(unknown.map(({ id }) => id)).toEqual([]);
});
