import type { Criterion } from '../criterion.ts';
import { p95Milliseconds } from '../histogram-pile.ts';

export const criterion: Criterion = {
  id: 'due-to-start',
  title: 'From due to started, p95 of tasks',
  failureTitle: 'Tasks start late',
  source: '004 (bound ours, per scenario)',
  unit: 'ms',
  figureWords: 'at p95',
  // Each scenario declares its own.
  bounds: [],
  demand: 'declared per scenario',
  causeRank: 50,
  suitsReferenceOnly: true,
  needs: 'reference-metrics',
  sees: [{ source: 'service' }],
  chart: 'due-to-start',
  nextStep:
    'Correct but late has no error: see whether LISTEN still hears (a pooler in transaction mode loses ' +
    'it), and whether claim slots or workers are the limit.',
  measure(input) {
    if (input.declaration?.value == null) return { state: 'notApplicable', reason: 'the scenario declares no bound' };
    return p95Milliseconds(input, 'pgsurge.task.due_to_start', 'tasks started');
  },
};
