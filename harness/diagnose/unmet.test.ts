/** Under a criterion that failed, or that nobody knows of, no page says that nothing is wrong. */
import { describe, expect, test } from 'vitest';
import type { CriterionResult, Finding, ScenarioResult, Verdict } from '../result.ts';
import { flat } from '../grade/fixtures/shapes.ts';
import { answers, diagnosisOf, healthyStranger, logged } from './fixtures/stranger.ts';

const criterion = (verdict: Verdict, changed: Partial<CriterionResult> = {}): CriterionResult => ({
  id: 'due-to-start',
  title: 'Tasks start late',
  source: '004',
  measuredBy: '',
  unit: 'ms',
  bounds: [{ severity: 'fail', comparator: '<=', value: 1000 }],
  value: 3000,
  count: 86,
  verdict,
  reason: '95 % of 86 tasks started took 3000.0 ms or less; the rest took longer',
  nextStep: 'See whether LISTEN still hears.',
  causeRank: 40,
  ...changed,
});

const memory = criterion('fail', { id: 'memory-headroom', title: 'Too little memory is left', causeRank: 50 });

const firstOf = (changed: Partial<ScenarioResult>): Finding => diagnosisOf(healthyStranger(), changed).findings[0]!;
const saidBy = ({ title, sentence, remedy }: Finding): string => `${title} ${sentence} ${remedy.sentence}`;

const well = /nothing is wrong|nothing to mend/i;

test('with every criterion met nothing is wrong', () => {
  const { cause, title, remedy } = firstOf({ criteria: [criterion('pass')] });
  expect({ cause, title }).toEqual({ cause: 'none', title: 'No cause: nothing is wrong' });
  expect(remedy.sentence).toBe('Nothing to mend at this load');
});

test('what failed is named, with its measurement and its advice: the connections do not explain it', () => {
  const found = firstOf({ verdict: 'fail', criteria: [memory, criterion('fail'), criterion('inconclusive')] });
  expect(found.cause).toBe('none');
  expect(saidBy(found)).not.toMatch(well);
  expect(found.sentence).toMatch(
    /^Nothing seen here limits .* they do not explain what failed: Tasks start late \(and 1 more\)$/,
  );
  expect(found.evidence[0]!.text).toBe('95 % of 86 tasks started took 3000.0 ms or less; the rest took longer');
  expect(found.remedy.sentence).toBe('See whether LISTEN still hears');
});

test('what nobody knows of is not called well', () => {
  const found = firstOf({ verdict: 'inconclusive', criteria: [criterion('inconclusive', { value: null })] });
  expect(saidBy(found)).not.toMatch(well);
  expect(found.title).toBe('No cause was seen, and not all was seen');
  expect(found.sentence).toContain('Whether all is well is not known: Tasks start late');
  expect(found.remedy.sentence).toMatch(/^See that every source speaks .* never a pass$/);
});

test('nor is a warning', () => {
  const found = firstOf({ verdict: 'warn', criteria: [criterion('warn')] });
  expect(saidBy(found)).not.toMatch(well);
  expect(found.remedy.sentence).toBe('See whether LISTEN still hears');
});

test('an entry that ended before its time, or did not show its symptom, is no health either', () => {
  const found = firstOf({ verdict: 'inconclusive', criteria: [], reason: 'interrupted before its end' });
  expect(saidBy(found)).not.toMatch(well);
  expect(found.sentence).toContain('not known: interrupted before its end');
});

describe('connections that are still taken at the end', () => {
  const leaking = criterion('fail', {
    id: 'connections-return',
    title: 'Connections leak from the app pool',
    unit: 'connections',
    value: 3,
    reason: 'replica 0: 1, replica 1: 2',
  });
  const labels = (instance: string) => ({ 'service.instance': instance, state: 'used' });

  /** The pooler is killed at second 20, and what was under way keeps its connection. */
  const crashed = () => {
    const failing = answers(healthyStranger(), 500, (second) => (second >= 20 && second < 23 ? 20 : 0), 30);
    logged(failing, 'service', 'connection-lost', 60, 'Connection terminated unexpectedly');
    failing.gauge('db.client.connection.count', labels('0'), (second) => (second < 21 ? second % 2 : 1), 60);
    return failing.gauge('db.client.connection.count', labels('1'), (second) => (second < 21 ? second % 2 : 2), 60);
  };

  test('are a leak on the paths that fail, and what alone failed is told before the fault that was meant', () => {
    const [found, ...others] = diagnosisOf(crashed(), { verdict: 'fail', criteria: [leaking] }).findings;
    expect(found).toMatchObject({ cause: 'connection-leak', kind: 'failing-paths', consequenceOf: null });
    expect(found!.sentence).toMatch(
      /^Connections are taken and never given back, on the paths that fail: 3 .*\(replica 0: 1, replica 1: 2\) are/,
    );
    expect(found!.sentence).toContain('since 21.0 s');
    expect(found!.evidence[0]!.text).toBe('never fewer than 3 in use from 21.0 s to the end');
    expect(found!.evidence.map(({ text }) => text)).toContain('60 × Connection terminated unexpectedly');
    expect(found!.remedy.sentence).toContain('also where its query fails (finally');
    expect(found!.share.requestsFailed).toBe(0);
    expect(others.map(({ cause }) => cause)).toContain('connect-failures');
  });

  test('without the criterion, or with one that is met, none is named', () => {
    for (const criteria of [[], [{ ...leaking, verdict: 'pass' as const, value: 0 }]])
      expect(diagnosisOf(crashed(), { criteria }).findings.map(({ cause }) => cause)).not.toContain('connection-leak');
  });

  test('where other criteria fail, too, what has more harm stays first', () => {
    const goodput = criterion('fail', { id: 'goodput', title: 'Requests fail' });
    const chain = diagnosisOf(crashed(), { criteria: [goodput, leaking] }).findings.map(({ cause }) => cause);
    expect(chain[0]).not.toBe('connection-leak');
    expect(chain).toContain('connection-leak');
  });

  test('where requests never failed, it is on all paths', () => {
    const quiet = healthyStranger().gauge('db.client.connection.count', labels('0'), flat(3));
    const [found] = diagnosisOf(quiet, { criteria: [leaking] }).findings;
    expect(found).toMatchObject({ cause: 'connection-leak', kind: 'all-paths' });
    expect(found!.against).toEqual(['no request has failed for want of a connection yet']);
  });
});
