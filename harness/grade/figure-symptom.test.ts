/** Symptoms that are one figure of the whole: a quantile of a histogram, a share of two counts. */
import { expect, test } from 'vitest';
import type { SymptomDeclaration } from '../../scenarios/lib/declaration.ts';
import { phase } from './fixtures/healthy-run.ts';
import { durations, Recorder } from './fixtures/recorder.ts';
import { observe } from './symptoms.ts';

const recorder = new Recorder(20);
recorder.histogram('wait', {}, (second) => durations(30, second > 10 ? 400 : 20, second));
recorder.gauge('http_reqs', { phase: 'calm', outcome: 'ok' }, (second) => (second <= 10 ? 10 : 0));
recorder.gauge('http_reqs', { phase: 'rush', outcome: 'ok' }, (second) => (second > 10 ? 4 : 0));
recorder.gauge('http_reqs', { phase: 'rush', outcome: 'error' }, (second) => (second > 10 ? 6 : 0));
const judged = {
  observations: recorder.observations(),
  phases: [phase('calm', 'steady', 0, 10), phase('rush', 'steady', 10, 20)],
};
const seen = (wanted: SymptomDeclaration['observe']) => observe('x', wanted, judged, {});
const median = { kind: 'quantile', series: 'wait', share: 0.5, comparator: '>=', value: 300 } as const;
const done = {
  kind: 'share',
  series: 'http_reqs',
  labels: { outcome: 'ok' },
  of: { series: 'http_reqs' },
  comparator: '<',
  value: 0.5,
} as const;

test('a quantile is that of its phase', () => {
  expect(seen({ ...median, phase: 'rush' })).toMatchObject({
    observed: true,
    expected: 'p50 of wait >= 300',
    evidence: [{ source: 'wait' }],
  });
  expect(seen({ ...median, phase: 'calm' }).observed).toBe(false);
});

test('what was not seen, or hardly, is unknown', () => {
  expect(seen({ ...median, series: 'never' })).toMatchObject({ observed: null, value: null });
  const few = { ...judged, phases: [phase('first', 'steady', 0, 0.5)] };
  expect(observe('x', { ...median, phase: 'first' }, few, {}).observed).toBeNull();
});

test('a share is one count of another, as a whole or in one phase', () => {
  expect(seen(done)).toMatchObject({ observed: false, value: 0.7, expected: 'http_reqs (ok) of http_reqs < 0.5' });
  expect(seen({ ...done, phase: 'rush' })).toMatchObject({ observed: true, value: 0.4 });
});

test('nothing counted in the whole is no share; nothing of the part is zero', () => {
  expect(seen({ ...done, of: { series: 'never' } }).observed).toBeNull();
  expect(seen({ ...done, labels: { outcome: 'refused' } })).toMatchObject({ observed: true, value: 0 });
});
