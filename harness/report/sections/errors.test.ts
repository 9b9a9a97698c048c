import { expect, test } from 'vitest';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { ScenarioResult } from '../../result.ts';
import { errorsSection } from './errors.ts';

const seen = (read: number, notUnderstood: number): Observations => {
  const one = (kind: string, value: number): Observations['series'][number] => ({
    name: 'log.lines',
    labels: { component: 'service', instance: '0', kind },
    tMs: Float64Array.of(1000),
    values: Float64Array.of(value),
  });
  return {
    series: [one('read', read), one('not-understood', notUnderstood)],
    histograms: [],
    logLines: [],
    sources: [],
  };
};

const page = (observations: Observations): string =>
  errorsSection({ errors: [] } as unknown as ScenarioResult, observations, 0)?.html ?? '';

test('the page says how many lines were read, and how many of them were not understood', () => {
  expect(page(seen(1200, 0))).toContain('Lines read: service 1,200.');
  expect(page(seen(1200, 1100))).toMatch(/service 1,200, 1,100 of them not understood\. Where most/);
});
