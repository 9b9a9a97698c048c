/**
 * Prints how often the gates and the history are right, over made data with known truth:
 *
 *     npx node scripts/simulate-comparisons.ts [--trials 2000] [--noise RUN] [--matrix | --growth]
 *
 * Seeds are fixed: two runs print the same. 2,000 trials take some ten minutes of one core; `--matrix` prints the table
 * of the history's exit code only, `--growth` those of what grows from run to run. The noise of our own repeats comes
 * from simulation/own-noise.json, or from the repeats in the run.json under RUN; `--print` prints that noise as JSON
 * and does nothing else.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readRun } from '../harness/archive/read-run.ts';
import { gatedMetrics } from '../harness/compare/metrics.ts';
import { growthPlan, simulateGrowths } from './simulation/growths.ts';
import { simulateGates } from './simulation/gates.ts';
import { matrixPlan, simulateMatrix } from './simulation/matrix.ts';
import { simulateNightlies } from './simulation/nightlies.ts';
import { evenNoise, noiseRows, ownNoise, spreadsOf, type DrawNoise } from './simulation/noise.ts';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '2000' },
    noise: { type: 'string' },
    print: { type: 'boolean', default: false },
    matrix: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
  },
});
const trials = Number(values.trials);

const percent = (share: number | null): string => (share === null ? '' : `${(share * 100).toFixed(1)} %`).padStart(8);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
/** Cells of one line, each right-aligned in its column. */
const row = (...cells: [text: string, width: number][]): void =>
  say(cells.map(([text, width]) => text.padStart(width)).join('  '));

type Delays = readonly (number | null)[];
const seedsUpTo = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed + 1);
const shareWithin = (delays: Delays, runs: number): number =>
  delays.filter((delay) => delay !== null && delay < runs).length / delays.length;
const shareNever = (delays: Delays): number => delays.filter((delay) => delay === null).length / delays.length;

const gateTable = (name: string, noise: () => DrawNoise): void => {
  for (const repeats of [6, 10]) {
    for (const planted of [0, 0.05, 0.1, 0.2]) {
      const { falseAlarms, found } = simulateGates({ noise: noise(), repeats, planted, trials });
      const shares = [percent(planted).slice(-7), percent(falseAlarms), percent(found)] as const;
      row([name, 10], [String(repeats), 7], [shares[0], 7], [shares[1], 23], [shares[2], 8]);
    }
  }
};

const unsteadyCriteria = [
  { criteria: 0, share: 0 },
  { criteria: 1, share: 0.1 },
  { criteria: 1, share: 0.3 },
  { criteria: 5, share: 0.1 },
  { criteria: 30, share: 0.05 },
];

/** As many trials again make the error of a share of 5 % less than half: 0.2 % of 10,000. */
const unsteadyTimes = 5;

const unsteadyRow = (repeats: number, unsteady: (typeof unsteadyCriteria)[number]): void => {
  const unchanged = { noise: evenNoise(0.05), repeats, planted: 0, trials: unsteadyTimes * trials, unsteady };
  const { falseAlarms, falseRegressions } = simulateGates(unchanged);
  const { found } = simulateGates({ ...unchanged, noise: evenNoise(0.05), planted: 0.1, trials });
  row(
    [String(unsteady.criteria), 10],
    [percent(unsteady.share).trim(), 7],
    [String(repeats), 7],
    [percent(falseRegressions), 17],
    [percent(falseAlarms), 16],
    [percent(found), 10],
  );
};

/** Unchanged code of which some criteria fail by chance, beside the six figures at a noise of 5 %. */
const unsteadyTable = (): void => {
  say(`\nA noise of 5 %, and criteria that fail by chance on both sides, ${unsteadyTimes * trials} trials a line:\n`);
  say('  criteria  fail in  repeats  false regressions  any false change  10 % found');
  for (const repeats of [6, 10]) for (const unsteady of unsteadyCriteria) unsteadyRow(repeats, unsteady);
};

/** Half of head's repeats ten times slower, which neither ranks nor medians show. */
const slowHalfTable = (): void => {
  say('\nHalf of the repeats of head 10 times slower in one latency:\n');
  say('  noise cv  repeats  called a regression');
  for (const cv of [0.03, 0.1, 0.3]) {
    for (const repeats of [8, 10, 12]) {
      const plan = { noise: evenNoise(cv), repeats, planted: 9, trials, slowRepeats: repeats / 2 };
      row([percent(cv), 10], [String(repeats), 7], [percent(simulateGates(plan).found), 19]);
    }
  }
};

/** Without a link: beside such a level the smallest change that counts, 1 ms, is a fifth. */
const shortLatencyMs = 5.4;

const shortTable = (): void => {
  say(`\nAn interactive latency of ${shortLatencyMs} ms at a noise of 5 %, ten repeats:\n`);
  say('   planted     found');
  for (const planted of [0.1, 0.2, 0.3]) {
    const { found } = simulateGates({ noise: evenNoise(0.05), repeats: 10, planted, trials, level: shortLatencyMs });
    row([percent(planted), 10], [percent(found), 8]);
  }
};

const savedNoise = (): number[][] => {
  const text = readFileSync(new URL('simulation/own-noise.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { rows: number[][] }).rows;
};
const rows = values.noise === undefined ? savedNoise() : noiseRows(readRun(values.noise).run);

const gates = (): void => {
  say(`Six gates over interleaved repeats, ${trials} trials a line; the change is planted in the interactive latency.`);
  say('\n  noise cv  repeats  planted  false alarms (any gate)     found');
  for (const cv of [0.03, 0.05, 0.1]) gateTable(percent(cv).trim(), () => evenNoise(cv));
  say(`\nThe noise of our own repeats, ${rows.length} of unchanged code. Measured cv:`);
  const spreads = spreadsOf(rows);
  for (const [position, { id }] of gatedMetrics.entries()) say(`  ${id.padEnd(26)} ${percent(spreads[position]!)}`);
  say('');
  gateTable('our own', () => ownNoise(rows));
  shortTable();
  unsteadyTable();
  slowHalfTable();
};

const nightlies = (histories: number): void => {
  const results = seedsUpTo(histories).map((seed) => simulateNightlies(seed));
  const delays = results.flatMap((result) => result.delays);
  const quiet = (most: number): number => results.filter(({ falseAlarms }) => falseAlarms <= most).length / histories;
  say(
    `\n${histories} histories of 60 nightlies (cv 3 %), three changes of 4, 4 and 5 standard deviations, ` +
      'judged night after night.\n',
  );
  say(
    `found within three runs ${percent(shareWithin(delays, 3))}   within four ${percent(shareWithin(delays, 4))}   ` +
      `within five ${percent(shareWithin(delays, 5))}   never ${percent(shareNever(delays))}`,
  );
  say(`histories with no false change ${percent(quiet(0))}   at most one ${percent(quiet(1))}`);
};

const smallChange = { at: 25, deviations: 2, scenario: 0, metric: 'cpuMillisecondsPerJob' };

/** One line of the table of matrices: shares of `histories`, each 60 nights. */
const matrixRow = (cv: number, histories: number): void => {
  const seeds = seedsUpTo(histories);
  const quiet = seeds.map((seed) => simulateMatrix(seed, { ...matrixPlan, cv, changes: [] }).falseNights);
  const delays = seeds.flatMap((seed) => simulateMatrix(seed, { ...matrixPlan, cv }).delays);
  const alone = { ...matrixPlan, scenarios: 1, cv, changes: [smallChange] };
  const small = seeds.flatMap((seed) => simulateMatrix(seed, alone).delays);
  const mean = quiet.reduce((total, count) => total + count, 0) / histories;
  const most = (nights: number): string => percent(quiet.filter((count) => count <= nights).length / histories);
  row(
    [percent(cv), 10],
    [mean.toFixed(2), 25],
    [most(0), 8],
    [most(1), 11],
    [percent(shareWithin(delays, 3)), 31],
    [percent(shareWithin(delays, 4)), 11],
    [percent(shareNever(delays)), 8],
    [percent(1 - shareNever(small)), 9],
  );
};

/** What the exit code of the history does. */
const matrices = (histories: number): void => {
  say(
    `\n${histories} matrices of 60 nights, ${matrixPlan.scenarios} scenarios of ${gatedMetrics.length} gated figures ` +
      'each, log-normal noise; nights with exit 1.\n',
  );
  say(
    '  noise cv  false nights of 51, mean      none  at most one  4, 4 and 5 sd within three runs  within four     ' +
      'never  2 sd ever',
  );
  for (const cv of [0.03, 0.05, 0.08]) matrixRow(cv, histories);
};

/** Unchanged things that are said to grow, by how noisy they are and how much a night resembles the one before. */
const falseGrowthRow = (cv: number, resembles: number, histories: number): void => {
  const plan = { ...growthPlan, cv, resembles };
  const nights = seedsUpTo(histories).map((seed) => simulateGrowths(seed, plan).falseNights);
  const mean = nights.reduce((total, count) => total + count, 0) / histories;
  const none = percent(nights.filter((count) => count === 0).length / histories);
  row([percent(cv), 10], [resembles.toFixed(1), 10], [mean.toFixed(2), 26], [none, 8]);
};

const quantile = (sorted: readonly number[], share: number): string =>
  String(sorted[Math.floor(share * (sorted.length - 1))] ?? '–');

/** One thing that grows from night to night: how soon that is told, and how well its first run is named. */
const growthRow = (perNight: number, cv: number, histories: number): void => {
  const plan = { ...growthPlan, cv, perNight, trends: 1 };
  const results = seedsUpTo(histories).map((seed) => simulateGrowths(seed, plan));
  const delays = results.flatMap(({ delay }) => delay ?? []).sort((a, b) => a - b);
  const beside = results.flatMap((one) => (one.beside === null ? [] : Math.abs(one.beside))).sort((a, b) => a - b);
  row(
    [percent(perNight), 10],
    [percent(cv), 9],
    [percent(delays.length / histories), 9],
    [quantile(delays, 0.5), 14],
    [quantile(delays, 0.9), 9],
    [quantile(beside, 0.9), 29],
  );
};

/** What the history says of things that grow a little with every run. */
const growths = (histories: number): void => {
  say(`\n${histories} matrices of 60 nights, ${growthPlan.trends} things that should stay; nights that name one.\n`);
  say('  noise cv  resembles  false nights of 51, mean      none');
  for (const resembles of [0, 0.3, 0.6]) for (const cv of [0.05, 0.2]) falseGrowthRow(cv, resembles, histories);
  say(`\nOne of them grows by a share of its level with each night, from night ${growthPlan.from} of 60 on.\n`);
  say('  each night  noise cv  told ever  after, median  in 90 %  its first run within (90 %)');
  for (const perNight of [0.01, 0.02, 0.05, 0.1])
    for (const cv of [0.02, 0.05, 0.2]) growthRow(perNight, cv, histories);
};

const rounded = (ratios: readonly number[]): number[] => ratios.map((ratio) => Number(ratio.toPrecision(4)));

const histories = Math.max(20, trials / 20);
if (values.print) say(JSON.stringify({ rows: rows.map(rounded) }));
else {
  if (!values.matrix && !values.growth) {
    gates();
    nightlies(2 * histories);
  }
  if (!values.growth) matrices(histories);
  if (!values.matrix) growths(histories);
}
