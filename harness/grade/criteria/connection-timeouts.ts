import { alertBound } from '../alert-bounds.ts';
import type { Criterion } from '../criterion.ts';
import { totalOf } from '../../measure/tracks/windows.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { pileIn } from '../histogram-pile.ts';
import { afterWarmup, outsideWarmup } from '../judged-windows.ts';
import { notSeen } from '../unknowns.ts';
import { formatCountOf } from '../../measure/numbers-in-words.ts';

export const criterion: Criterion = {
  id: 'connection-timeouts',
  title: 'Connection acquisitions that timed out',
  failureTitle: 'Waiting for a connection of the app pool times out',
  source: '002',
  unit: '%',
  figureWords: 'of the acquisitions',
  bounds: [alertBound('connection-timeouts')],
  causeRank: 20,
  needs: 'timeout-metrics',
  sees: [{ source: 'service', windows: ({ phases }) => afterWarmup(phases) }],
  chart: 'app-pool',
  nextStep:
    'Who holds the connections? Compare the app pool in use with sessions idle in transaction and with ' +
    'the time queries take, before making the pool larger.',
  measure(input) {
    const windows = outsideWarmup(input.phases);
    const timeouts = totalOf(seriesOf(input.observations, 'db.client.connection.timeouts'), windows);
    const acquisitions = totalOf(seriesOf(input.observations, 'pgsurge.acquisitions'), windows);
    // Each wait that ended is one: what a service by OpenTelemetry's own names tells.
    const waits = pileIn(input, 'db.client.connection.wait_time', windows).count;
    const all = Math.max(acquisitions || waits + timeouts, timeouts);
    if (all === 0) return notSeen('acquisitions');
    return {
      state: 'measured',
      value: (100 * timeouts) / all,
      count: all,
      numerator: timeouts,
      measuredBy: 'acquisitions of the app pool of every replica, all through but the warm-up',
      reason: `${formatCountOf(timeouts, all)} acquisitions timed out`,
    };
  },
};
