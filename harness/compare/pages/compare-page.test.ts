import { expect, it } from 'vitest';
import { compareRuns } from '../compare.ts';
import { comparisonMarkdown } from '../markdown.ts';
import { interleavedRun, madeEntry, madeRollUp, madeRun, saved } from '../recordings/runs.ts';
import { comparedTracks } from '../../measure/tracks/rollup.ts';
import { comparePage } from './compare-page.ts';
import { shownTimelines } from './timelines-section.ts';

const names = ['baseline', '2x', '5x', 'burst'];

const matrix = (level: number): ReturnType<typeof saved> => {
  const scenarios = names.map((name) => madeEntry({ name }));
  const rollUps = scenarios.map(({ entry }, seed) => [
    entry,
    {
      ...madeRollUp(level, seed),
      tracks: comparedTracks.map((id, track) => ({
        ...madeRollUp(level, 20 * seed + track).tracks[0]!,
        id,
        title: id,
      })),
    },
  ]);
  return saved(
    madeRun({ id: `at-${level}`, scenarios }),
    Object.fromEntries(rollUps) as Record<string, ReturnType<typeof madeRollUp>>,
  );
};

it('shares the charts among the scenarios, those of gated figures first, within 1.2 MB', async () => {
  const comparison = compareRuns(matrix(90), matrix(120));
  expect(comparison.timelines).toHaveLength(48);
  const shown = shownTimelines(comparison.timelines);
  for (const name of names) {
    const tracks = shown.filter(({ scenario }) => scenario === name).map(({ track }) => track);
    expect(tracks).toHaveLength(6);
    expect(tracks).toEqual(expect.arrayContaining(['latency.p95', 'time.database', 'jobs.done', 'cpu.service']));
  }
  expect(shown.map(({ scenario }) => scenario)).toEqual(names.flatMap((name) => new Array<string>(6).fill(name)));
  expect(Buffer.byteLength(await comparePage(comparison))).toBeLessThan(1_200_000);
});

it('shows interval, effect and p of saved runs with repeats, as evidence', async () => {
  const of = (id: string, release: 'base' | 'head', change: number): ReturnType<typeof saved> => {
    const run = interleavedRun({ repeats: 8, cv: 0.02, change: { queryMsP95: change }, seed: change });
    return saved(
      madeRun({
        id,
        scenarios: run.scenarios
          .filter((entry) => entry.release === release)
          .map((entry) => ({ ...entry, release: null })),
      }),
    );
  };
  const comparison = compareRuns(of('one', 'base', 1), of('two', 'head', 2));
  const page = await comparePage(comparison);
  const figures = page
    .slice(page.indexOf('id="figures"'), page.indexOf('id="differences"'))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
  expect(figures).toMatch(
    /query latency p95 4\.\d+ ms 8\.\d+ ms \+\d+ % \+\d+ % to \+\d+ % large \(1\.00\) &lt; 0\.001/,
  );
  expect(figures).toContain('Not interleaved, so interval, effect and p are evidence');
  const markdown = comparisonMarkdown(comparison);
  expect(markdown).toContain('| 95 % interval | Effect | p, not corrected | Verdict |');
  expect(markdown).toMatch(
    /query latency p95 \| 4\.\d+ ms \| 8\.\d+ ms \| .* large \\\(1\.00\\\) \| &lt; 0\.001 \| regression/,
  );
  expect(comparison.sentence).toBe(
    'No criterion got worse and no exact count rose. Whether the figures changed, repeats that did not run side by ' +
      'side cannot show: not enough data.',
  );
});
