/**
 * Prints how often the gates and the history are right, over made data with known truth:
 *
 *     npx node harness/compare/simulate.ts [--trials 2000] [--noise RUN]
 *
 * Seeds are fixed: two runs print the same. 2,000 trials take about a minute of one core. The noise of our own repeats comes
 * from recordings/own-noise.json, or from the repeats in the run.json under RUN.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gatedMetrics } from './metrics.ts';
import { readRun } from './read-run.ts';
import { evenNoise, noiseRows, ownNoise, simulateGates, simulateNightlies, type DrawNoise } from './simulation.ts';

const { values } = parseArgs({ options: { trials: { type: 'string', default: '2000' }, noise: { type: 'string' }, print: { type: 'boolean', default: false } } });
const trials = Number(values.trials);

const percent = (share: number | null): string => (share === null ? '' : `${(share * 100).toFixed(1)} %`).padStart(8);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const table = (name: string, noise: () => DrawNoise): void => {
  for (const repeats of [6, 10]) {
    for (const planted of [0, 0.05, 0.1, 0.2]) {
      const result = simulateGates({ noise: noise(), repeats, planted, trials });
      say(`${name.padStart(10)}  ${String(repeats).padStart(7)}  ${percent(planted).slice(-7)}  ${percent(result.falseAlarms).padStart(23)}  ${percent(result.found)}`);
    }
  }
};

const rows = values.noise === undefined
  ? (JSON.parse(readFileSync(new URL('recordings/own-noise.json', import.meta.url), 'utf8')) as { rows: number[][] }).rows
  : noiseRows(readRun(values.noise).run);

const gates = (): void => {
  say(`Six gates over interleaved repeats, ${trials} trials a line; the change is planted in the interactive latency.\n`);
  say('  noise cv  repeats  planted  false alarms (any gate)     found');
  for (const cv of [0.03, 0.05, 0.1]) table(percent(cv).trim(), () => evenNoise(cv));
  say(`\nThe noise of our own repeats, ${rows.length} of unchanged code. Measured cv:`);
  for (const [position, { id }] of gatedMetrics.entries()) say(`  ${id.padEnd(26)} ${percent(Math.sqrt(rows.reduce((total, row) => total + row[position]! ** 2, 0) / rows.length))}`);
  say('');
  table('our own', () => ownNoise(rows));
};

const nightlies = (histories: number): void => {
  const results = Array.from({ length: histories }, (_, seed) => simulateNightlies(seed + 1));
  const delays = results.flatMap((result) => result.delays);
  const within = (runs: number): number => delays.filter((delay) => delay !== null && delay < runs).length / delays.length;
  const quiet = (most: number): number => results.filter(({ falseAlarms }) => falseAlarms <= most).length / histories;
  say(`\n${histories} histories of 60 nightlies (cv 3 %), three changes of 4, 4 and 5 standard deviations, judged night after night.\n`);
  say(`found within three runs ${percent(within(3))}   within four ${percent(within(4))}   within five ${percent(within(5))}   never ${percent(delays.filter((delay) => delay === null).length / delays.length)}`);
  say(`histories with no false change ${percent(quiet(0))}   at most one ${percent(quiet(1))}`);
};

if (values.print) say(JSON.stringify({ rows: rows.map((row) => row.map((ratio) => Number(ratio.toPrecision(4)))) }));
else {
  gates();
  nightlies(Math.max(20, trials / 10));
}
