import { runOf } from './run.ts';
import type { Recording } from './run.ts';
import { phase, scenario } from './scenario.ts';
import { serviceObservations } from './service.ts';

/** Killed in mid-run: no end, no verdict beyond what was seen. */
export const killed = (): Recording => {
  const entry = scenario({
    name: '2x',
    title: 'Twice the load',
    state: 'running',
    endedMs: null,
    phases: [phase('warm-up', 'warmup', 0, 5, 5), phase('load', 'steady', 5, 60, 20)],
    verdict: 'inconclusive',
    asExpected: null,
    grade: null,
    reason: 'the run was killed before this entry was judged',
    checks: [],
    identities: [],
    loadTotals: null,
    outcomes: null,
    health: [],
  });
  return {
    run: runOf(
      [
        entry,
        {
          ...entry,
          entry: '5x.default.1',
          name: '5x',
          title: 'Five times the load',
          state: 'pending',
          startedMs: null,
          phases: [],
        },
      ],
      {
        state: 'running',
        endedAt: null,
        verdict: 'inconclusive',
        sentence: 'The run was killed after 23 s; what was measured until then is shown.',
        nextStep: 'Go on with what is missing: pgsurge run --resume 2026-11-21T09-30-00Z-matrix',
      },
    ),
    observationsOf: async (name) =>
      name.startsWith('2x')
        ? serviceObservations({ seed: 4, fromSeconds: 0, toSeconds: 23, jobs: () => 20, trouble: () => 0 })
        : null,
  };
};
