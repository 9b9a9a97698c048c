import type { Criterion } from '../criterion.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { notSeen } from '../unknowns.ts';

/** Written by the harness's supervisor, which knows a death that it caused from one that it did not. */
const death = /replica \d+ of the service died \(([^)]*)\)/;

export const criterion: Criterion = {
  id: 'replica-deaths',
  title: 'Replicas that ended by themselves',
  failureTitle: 'Replicas of the service die',
  source: 'ours (node-postgres#821: a lost idle connection that nobody listens for ends the process)',
  unit: 'deaths',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  causeRank: 10,
  needs: 'reference-metrics',
  chart: 'errors',
  nextStep:
    "Read the last lines of that replica's log before its end: an error event without a listener, a " +
    'rejection that nobody handles, memory.',
  measure(input) {
    if (seriesOf(input.observations, 'db.client.connection.max').length === 0)
      return notSeen(input, 'metrics of the service');
    const deaths = input.observations.logLines.filter(
      ({ component, text }) => component === 'service' && death.test(text),
    );
    return {
      state: 'measured',
      value: deaths.length,
      count: deaths.length,
      measuredBy: "deaths that the harness's supervisor saw and did not cause",
      reason:
        deaths.length === 0
          ? 'none died by itself'
          : deaths
              .slice(0, 3)
              .map(({ text }) => death.exec(text)?.[0] ?? text)
              .join('; '),
      evidence: deaths.slice(0, 3).map(({ atMs, text }) => ({ atMs, text: text.slice(0, 300), source: 'supervisor' })),
    };
  },
};
