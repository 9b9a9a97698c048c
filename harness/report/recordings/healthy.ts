import type { CriterionResult } from '../../result.ts';
import { criterion } from './criteria.ts';
import { runOf } from './run.ts';
import type { Recording } from './run.ts';
import { phase, scenario } from './scenario.ts';
import { serviceObservations } from './service.ts';

export const healthyCriteria = (): CriterionResult[] => [
  criterion('lost-data', 0, { count: 2417 }),
  criterion('corrupt-data', 0, { count: 41_200 }),
  criterion('transaction-errors', 2 / 52_261, { count: 52_261, numerator: 2 }),
  criterion('burst-recovery', null, { verdict: 'notApplicable', reason: 'no burst in this scenario' }),
  criterion('cpu-headroom', 0.58, { count: 596 }),
  criterion('memory-headroom', 0.52, { count: 596 }),
  criterion('memory-after-load', null, { verdict: 'notApplicable', reason: 'no rest below the nightly profile' }),
  criterion('api-p95', 92.4, { count: 11_940 }),
  criterion('query-p95', 8.6, { count: 88_114 }),
  criterion('connection-timeouts', 0, { count: 61_022, numerator: 0 }),
  criterion('pool-utilisation', 0.49, { count: 596 }),
  criterion('database-connections', 0.72, { count: 596 }),
  criterion('throughput', 0.998, { count: 11_964, numerator: 11_940 }),
  criterion('due-to-start', 240, { count: 9310 }),
  criterion('pool-recovers', 0, { count: 10 }),
];

export const matrixPhases = [
  phase('warm-up', 'warmup', 0, 30, 5),
  phase('load', 'steady', 30, 400, 50),
  phase('burst', 'burst', 400, 480, 100),
  phase('recovery', 'recovery', 480, 600, 50),
];
export const jobsOf = (at: number): number => {
  if (at < 30) return 5;
  return at >= 400 && at < 480 ? 100 : 50;
};

/** A ten-minute entry in which nothing is wrong. */
export const healthy = (): Recording => {
  const entry = scenario({
    name: '5x',
    title: 'Five times the load',
    phases: matrixPhases,
    criteria: healthyCriteria(),
  });
  return {
    run: runOf([entry], {
      name: '5x',
      sentence: 'As expected: all 12 criteria met, the nearest (throughput) with 5 % to spare.',
    }),
    observationsOf: async () =>
      serviceObservations({ seed: 1, fromSeconds: 0, toSeconds: 600, jobs: jobsOf, trouble: () => 0 }),
  };
};
