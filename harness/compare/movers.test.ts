import { describe, expect, it } from 'vitest';
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import { compareReleases } from './compare.ts';
import { finishedEntries, pairsOf } from './entries.ts';
import { operationsOf } from './movers.ts';
import { interleavedRun, saved } from './recordings/runs.ts';
import { explained } from './suspects.ts';

/** `count` calls of about `seconds` each, all in one bucket of scale 3. */
const calls = (count: number, seconds: number): ExponentialHistogram => ({
  scale: 3,
  count,
  sum: count * seconds,
  min: seconds,
  max: seconds,
  zeroCount: 0,
  offset: Math.ceil(Math.log2(seconds) * 8) - 1,
  counts: [count],
});

const observed = (operations: Record<string, ExponentialHistogram>): Observations => ({
  series: [],
  logLines: [],
  sources: [],
  histograms: Object.entries(operations).map(([name, histogram]) => ({
    // The first lies in the warm-up, which is not counted.
    name: 'db.client.operation.duration',
    labels: { 'db.operation.name': name },
    tMs: Float64Array.from([3000, 20_000]),
    histograms: [calls(1000, 9), histogram],
  })),
});

const run = interleavedRun({ repeats: 6, cv: 0.02, change: { queryMsP95: 3 } });
const pair = pairsOf(finishedEntries(run, 'base'), finishedEntries(run, 'head'))[0]!;
const loaders = (base: Record<string, ExponentialHistogram>, head: Record<string, ExponentialHistogram>) => ({
  base: () => Promise.resolve(observed(base)),
  head: () => Promise.resolve(observed(head)),
});

describe('which queries moved', () => {
  it('puts first what took most more time in all, per repeat, without warm-up', async () => {
    const found = await operationsOf(
      pair,
      loaders(
        { claim: calls(100, 0.001), list: calls(1000, 0.002), rare: calls(1, 0.001) },
        { claim: calls(100, 0.03), list: calls(1000, 0.0021), rare: calls(1, 1) },
      ),
    );
    expect(found.map(({ name }) => name)).toEqual(['claim', 'list']);
    expect(found[0]!.base).toBeCloseTo(1, 0);
    expect(found[0]!.head).toBeCloseTo(30, -1);
    expect(found[0]!.calls).toEqual({ base: 100, head: 100 });
    expect(found[0]!.secondsMore).toBeCloseTo(2.9, 5);
  });

  it('is empty where the samples are gone', async () => {
    expect(await operationsOf(pair, { base: () => Promise.resolve(null), head: () => Promise.resolve(null) })).toEqual(
      [],
    );
  });

  it('names the query and the setting beside a regression, and nothing beside "same"', async () => {
    const operations = await operationsOf(pair, loaders({ claim: calls(100, 0.001) }, { claim: calls(100, 0.03) }));
    const changed = {
      ...run,
      scenarios: run.scenarios.map((entry) => ({
        ...entry,
        settings: { appPoolMax: entry.release === 'head' ? 2 : 18 },
      })),
    };
    const { nextStep } = explained({ ...compareReleases(saved(changed)), operations });
    expect(nextStep).toMatch(
      /^Look first at what differs: appPoolMax \(setting of 5x \(fixed\)\) was 18, is 2; query “claim” took [\d.]+ ms at p95, now [\d.]+ ms\./,
    );
    const same = compareReleases(saved(interleavedRun({ repeats: 10, cv: 0.02 })));
    expect(explained({ ...same, operations })).toEqual({ ...same, operations });
  });
});
