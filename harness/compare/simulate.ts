/**
 * Prints how often the gates and the history are right, over made data with known truth:
 *
 *     npx node harness/compare/simulate.ts [--trials 2000] [--noise RUN] [--matrix]
 *
 * Seeds are fixed: two runs print the same. 2,000 trials take about four minutes of one core; `--matrix` does the last table only. The noise of our own repeats comes
 * from recordings/own-noise.json, or from the repeats in the run.json under RUN.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { matrixPlan, simulateMatrix } from './matrix-simulation.ts';
import { gatedMetrics } from './metrics.ts';
import { readRun } from '../archive/read-run.ts';
import { evenNoise, noiseRows, ownNoise, simulateGates, simulateNightlies, type DrawNoise } from './simulation.ts';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '2000' },
    noise: { type: 'string' },
    print: { type: 'boolean', default: false },
    matrix: { type: 'boolean', default: false },
  },
});
const trials = Number(values.trials);

const percent = (share: number | null): string => (share === null ? '' : `${(share * 100).toFixed(1)} %`).padStart(8);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const table = (name: string, noise: () => DrawNoise): void => {
  for (const repeats of [6, 10]) {
    for (const planted of [0, 0.05, 0.1, 0.2]) {
      const result = simulateGates({ noise: noise(), repeats, planted, trials });
      say(
        `${name.padStart(10)}  ${String(repeats).padStart(7)}  ${percent(planted).slice(-7)}  ${percent(result.falseAlarms).padStart(23)}  ${percent(result.found)}`,
      );
    }
  }
};

const rows =
  values.noise === undefined
    ? (JSON.parse(readFileSync(new URL('recordings/own-noise.json', import.meta.url), 'utf8')) as { rows: number[][] })
        .rows
    : noiseRows(readRun(values.noise).run);

const gates = (): void => {
  say(
    `Six gates over interleaved repeats, ${trials} trials a line; the change is planted in the interactive latency.\n`,
  );
  say('  noise cv  repeats  planted  false alarms (any gate)     found');
  for (const cv of [0.03, 0.05, 0.1]) table(percent(cv).trim(), () => evenNoise(cv));
  say(`\nThe noise of our own repeats, ${rows.length} of unchanged code. Measured cv:`);
  for (const [position, { id }] of gatedMetrics.entries())
    say(
      `  ${id.padEnd(26)} ${percent(Math.sqrt(rows.reduce((total, row) => total + row[position]! ** 2, 0) / rows.length))}`,
    );
  say('');
  table('our own', () => ownNoise(rows));
};

const nightlies = (histories: number): void => {
  const results = Array.from({ length: histories }, (_, seed) => simulateNightlies(seed + 1));
  const delays = results.flatMap((result) => result.delays);
  const within = (runs: number): number =>
    delays.filter((delay) => delay !== null && delay < runs).length / delays.length;
  const quiet = (most: number): number => results.filter(({ falseAlarms }) => falseAlarms <= most).length / histories;
  say(
    `\n${histories} histories of 60 nightlies (cv 3 %), three changes of 4, 4 and 5 standard deviations, judged night after night.\n`,
  );
  say(
    `found within three runs ${percent(within(3))}   within four ${percent(within(4))}   within five ${percent(within(5))}   never ${percent(delays.filter((delay) => delay === null).length / delays.length)}`,
  );
  say(`histories with no false change ${percent(quiet(0))}   at most one ${percent(quiet(1))}`);
};

/** Shares of `histories` matrices of 60 nights: what the exit code of the history does. */
const matrices = (histories: number): void => {
  say(
    `\n${histories} matrices of 60 nights, ${matrixPlan.scenarios} scenarios of ${gatedMetrics.length} gated figures each, log-normal noise; nights with exit 1.\n`,
  );
  say(
    '  noise cv  false nights of 51, mean      none  at most one  4, 4 and 5 sd within three runs  within four     never  2 sd ever',
  );
  for (const cv of [0.03, 0.05, 0.08]) {
    const seeds = Array.from({ length: histories }, (_, seed) => seed + 1);
    const quiet = seeds.map((seed) => simulateMatrix(seed, { ...matrixPlan, cv, changes: [] }).falseNights);
    const delays = seeds.flatMap((seed) => simulateMatrix(seed, { ...matrixPlan, cv }).delays);
    const small = seeds.flatMap(
      (seed) =>
        simulateMatrix(seed, {
          ...matrixPlan,
          scenarios: 1,
          cv,
          changes: [{ at: 25, deviations: 2, scenario: 0, metric: 'cpuMillisecondsPerJob' }],
        }).delays,
    );
    const share = (found: readonly unknown[], count: number): string => percent(count / found.length);
    const within = (runs: number): string =>
      share(delays, delays.filter((delay) => delay !== null && delay < runs).length);
    const most = (nights: number): string => share(quiet, quiet.filter((count) => count <= nights).length);
    const mean = quiet.reduce((total, count) => total + count, 0) / histories;
    say(
      `${percent(cv).padStart(10)}  ${mean.toFixed(2).padStart(25)}  ${most(0)}  ${most(1).padStart(11)}  ${within(3).padStart(31)}  ${within(4).padStart(11)}  ${share(delays, delays.filter((delay) => delay === null).length)}  ${share(small, small.filter((delay) => delay !== null).length).padStart(9)}`,
    );
  }
};

if (values.print) say(JSON.stringify({ rows: rows.map((row) => row.map((ratio) => Number(ratio.toPrecision(4)))) }));
else {
  if (!values.matrix) {
    gates();
    nightlies(Math.max(20, trials / 10));
  }
  matrices(Math.max(20, trials / 20));
}
