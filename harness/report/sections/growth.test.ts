import { expect, test } from 'vitest';
import { growthAnswerOf } from '../../grade/growth/answer.ts';
import { madeRows } from '../../grade/fixtures/growth-rows.ts';
import { runOf } from '../recordings/run.ts';
import { scenario } from '../recordings/scenario.ts';
import { renderRun } from '../report.ts';
import type { RunResult } from '../../result.ts';

/** A pool of 18 that waits at some 114 active jobs, and CPU that is spent later. */
const made = madeRows({
  values: {
    'api-p95': (jobs) => 40 + 0.4 * jobs,
    'app-pool': (jobs) => 0.1 + 0.1 * jobs,
    'app-pool-wait': () => 0.2,
    'cpu-service': (jobs) => 0.05 + 0.001 * jobs,
  },
  limits: { 'app-pool': 18, 'cpu-service': 0.8 },
});

const runWith = (): RunResult => {
  const scenarios = made.scenarios.map(({ name, phases, growth }) => ({
    ...scenario({ name, title: name, phases, criteria: [] }),
    growth,
  }));
  const growth = growthAnswerOf({ scenarios })!;
  return runOf(scenarios, { growth });
};

const filesOf = async (run: RunResult): Promise<Map<string, string>> =>
  new Map((await renderRun(run, async () => null)).map(({ path, content }) => [path, content]));

test('the sentence stands in the first screen and in summary.md, the picture and its table below', async () => {
  const run = runWith();
  const files = await filesOf(run);
  const index = files.get('report.html')!;
  const { sentence } = run.growth!;
  expect(sentence).toMatch(/^You have room for 1\d × the baseline's load \(.*\) until the app pool of 18 waits/);
  const [firstScreen] = index.split('id="scenarios"');
  expect(firstScreen).toContain('until the app pool of 18 waits');
  expect(firstScreen).toContain('<a href="#growth">');
  expect(files.get('summary.md')).toContain('**Room to grow:** You have room for 1');
  expect(index).toContain('Where each bound is met, in times the baseline');
  expect(index.split('class="growth-picture"')[1]!.split('</svg>')[0]).not.toContain('NaN');
  expect(index).toContain('not checked here');
  expect(index.length, 'the whole page').toBeLessThan(1_200_000);
});

test('hollow points are of the burst, and a run without rows of the matrix has no growth', async () => {
  const index = (await filesOf(runWith())).get('report.html')!;
  const picture = index.split('class="growth-picture"')[1]!.split('</svg>')[0]!;
  const hollow = [...picture.matchAll(/<path transform="[^"]*" d="[^"]*"(?! fill)/g)];
  expect(hollow, 'four stretches of the burst in each of four series').toHaveLength(16);
  const { growth: _none, ...without } = runWith();
  expect((await filesOf(without)).get('report.html')).not.toContain('id="growth"');
});
