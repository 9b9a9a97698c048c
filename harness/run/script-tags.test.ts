import { expect, test } from 'vitest';
import type { Sink } from '../collect/collector.ts';
import type { PhaseResult } from '../result.ts';
import { tagScript } from './script-tags.ts';

const phases: PhaseResult[] = [
  { name: 'load', kind: 'steady', startMs: 0, endMs: 1000, fullSeconds: 1, activeJobs: 0 },
];

const labelsOf = (series: string, labels: Record<string, string>): unknown => {
  const seen: unknown[] = [];
  const sink = {
    nowMs: () => 0,
    sample: (_series: string, given: unknown) => void seen.push(given),
  } as unknown as Sink;
  tagScript(sink, { phases }).sample(series, labels, 1);
  return seen[0];
};

test("requests of a stranger's script are interactive ones of its only phase", () => {
  expect(labelsOf('http_reqs', { outcome: 'ok' })).toEqual({ kind: 'interactive', outcome: 'ok', phase: 'load' });
});

test('a script of ours keeps its kinds; its phases are not those of this run', () => {
  expect(labelsOf('http_reqs', { kind: 'poll', phase: 'burst' })).toEqual({ kind: 'poll', phase: 'load' });
});

test('what does not come from k6 is left as it is', () => {
  expect(labelsOf('postgres.sessions', { state: 'idle' })).toEqual({ state: 'idle' });
});
