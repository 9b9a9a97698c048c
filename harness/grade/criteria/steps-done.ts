import type { Criterion } from '../criterion.ts';

export const criterion: Criterion = {
  id: 'steps-done',
  title: 'Declared steps that were done',
  failureTitle: 'A declared step failed',
  source: 'ours',
  unit: 'steps',
  bounds: [],
  demand: 'all of them, else it was another run than the declared one, of which nothing is known',
  causeRank: 5,
  always: true,
  unexcused: ['fail', 'inconclusive'],
  sees: {
    otherwise: 'the harness does the steps itself and logs each of them',
  },
  chart: null,
  nextStep: "The run was not the declared one: see the step's message and the logs.",
  measure(input) {
    // The service's own start is logged among them; were it not done, nothing would have been measured.
    const steps = input.steps.filter((step) => !['start', 'wait'].includes(step.do));
    if (steps.length === 0) return { state: 'notApplicable', reason: 'the scenario declares no steps' };
    const failed = steps.filter(({ ok }) => !ok);
    const measuredBy = 'the log of the steps';
    if (failed.length > 0)
      return {
        state: 'inconclusive',
        count: steps.length,
        measuredBy,
        reason: failed.map(({ title, message }) => `${title}: ${message ?? 'failed'}`).join('; '),
      };
    return {
      state: 'measured',
      value: steps.length,
      count: steps.length,
      measuredBy,
      reason: `all ${steps.length} done`,
    };
  },
};
