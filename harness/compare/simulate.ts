/**
 * Prints how often the gates and the history are right, over made data with known truth:
 *
 *     npx node harness/compare/simulate.ts [trials]
 *
 * Seeds are fixed: two runs print the same. 2,000 trials take about a minute of one core.
 */
import { simulateGates, simulateNightlies } from './simulation.ts';

const percent = (share: number | null): string => (share === null ? '' : `${(share * 100).toFixed(1)} %`).padStart(8);

const gates = (trials: number): void => {
  process.stdout.write(`Six gates over interleaved repeats, ${trials} trials a line; the change is planted in one latency.\n\n`);
  process.stdout.write('    cv  repeats  planted  false alarms (any gate)     found\n');
  for (const cv of [0.03, 0.05, 0.1]) {
    for (const repeats of [6, 10]) {
      for (const planted of [0, 0.05, 0.1, 0.2]) {
        const result = simulateGates({ cv, repeats, planted, trials });
        process.stdout.write(`${percent(cv).slice(-6)}  ${String(repeats).padStart(7)}  ${percent(planted).slice(-7)}  ${percent(result.falseAlarms).padStart(23)}  ${percent(result.found)}\n`);
      }
    }
  }
};

const nightlies = (histories: number): void => {
  const results = Array.from({ length: histories }, (_, seed) => simulateNightlies(seed + 1));
  const delays = results.flatMap((result) => result.delays);
  const within = (runs: number): number => delays.filter((delay) => delay !== null && delay < runs).length / delays.length;
  process.stdout.write(`\n${histories} histories of 60 nightlies (cv 3 %), three changes of 4, 4 and 5 standard deviations, judged night after night.\n\n`);
  process.stdout.write(`found within three runs ${percent(within(3))}   within four ${percent(within(4))}   within five ${percent(within(5))}   never ${percent(delays.filter((delay) => delay === null).length / delays.length)}\n`);
  process.stdout.write(`histories with no false change ${percent(results.filter(({ falseAlarms }) => falseAlarms === 0).length / histories)}   at most one ${percent(results.filter(({ falseAlarms }) => falseAlarms <= 1).length / histories)}\n`);
};

const trials = Number(process.argv[2] ?? 2000);
gates(trials);
nightlies(Math.max(20, trials / 10));
