import type { Observations } from '../../measure/tracks/observations.ts';
import type { ScenarioResult } from '../../result.ts';
import { runOf } from './run.ts';
import type { Recording } from './run.ts';
import { phase, scenario } from './scenario.ts';
import { synthesize } from './synthesize.ts';

const ticks = (fromSeconds: number, schedules: number): Observations => {
  const made = synthesize({ seed: schedules, fromSeconds, toSeconds: fromSeconds + 40, everySeconds: 1 });
  const dispatched = (at: number): number => {
    if (Math.round(at) % 10 === 2) return schedules;
    return Math.round(at) === 1 ? 6 * schedules : 0;
  };
  made.delta('schedule_dispatches', { queue: 'cleanup', 'service.instance': '0' }, dispatched, 0);
  made.gauge('cron_schedules_total', { queue: 'cleanup', 'service.instance': '0' }, () => schedules, 0);
  return made.done();
};

const base = {
  name: 'duplicate-schedules',
  title: 'One schedule more at each start',
  group: 'incidents',
  keyCharts: ['dispatched'],
  checks: [],
  loadTotals: null,
  outcomes: null,
  identities: [],
  health: [],
};

const scenarios = (): ScenarioResult[] => [
  scenario({
    ...base,
    variant: 'broken',
    expected: 'symptoms',
    verdict: 'fail',
    reason: 'shows its symptom: 3 schedules after 3 starts',
    phases: [phase('run', 'steady', 10, 50, 0)],
    settings: { SCHEDULE_CALL: 'workspace-as-data' },
  }),
  scenario({
    ...base,
    variant: 'fixed',
    verdict: 'fail',
    asExpected: false,
    reason: 'schedules per queue: 2, bound 1',
    phases: [phase('run', 'steady', 70, 110, 0)],
    settings: { SCHEDULE_CALL: 'workspace-as-option' },
  }),
];

/** Two variants of which the fixed one is not as expected: it still has two schedules. */
export const duplicates = (): Recording => {
  return {
    run: runOf(scenarios(), {
      name: 'duplicate-schedules',
      verdict: 'fail',
      sentence: 'Not as expected: fixed still has 2 schedules of queue cleanup.',
      nextStep: 'Look at the settings that differ.',
    }),
    observationsOf: async (entry) => ticks(entry.includes('broken') ? 10 : 70, entry.includes('broken') ? 3 : 2),
  };
};
