import { expect, test } from 'vitest';
import { decideGates } from './gates.ts';
import type { Metric } from './metrics.ts';

const metric = (better: Metric['better']): Metric =>
  ({
    id: 'sessionsPeak',
    title: 'server sessions, peak',
    unit: '1',
    better,
    minimumChange: 0,
    minimumDifference: 0,
  }) as Metric;
const base = [10, 11, 10, 12, 11, 10, 11, 10];
const head = base.map((value) => value * 3);

test('a figure of which neither way is better changed all the same: its interval does not include 0', () => {
  const [without] = decideGates([{ metric: metric('none'), base, head }]);
  expect(without).toMatchObject({ verdict: 'same', reason: 'it changed, and neither way is called better' });
  expect(without!.interval!.low).toBeGreaterThan(0);
  const [withOne] = decideGates([{ metric: metric('lower'), base, head }]);
  expect(withOne).toMatchObject({ verdict: 'regression', reason: 'p, size and interval agree' });
});
