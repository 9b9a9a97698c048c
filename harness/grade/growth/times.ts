/** How long it takes: what a person feels, a query, a task from due to start. */
import { isWithin } from '../../measure/tracks/windows.ts';
import { histogramsOf } from '../../measure/tracks/observations.ts';
import { alertBound } from '../alert-bounds.ts';
import { pileOf } from '../histogram-pile.ts';
import type { GrowthMeasure } from './measure.ts';
import { p95In } from './seen.ts';

/** One of twenty lies above a p95. */
const fewestRequests = 20;
/** What the rows of the matrix declare; a burst may take longer, and is no part of the line. */
const lateMs = 1000;

const interactive: GrowthMeasure = {
  id: 'api-p95',
  title: 'Interactive requests, p95',
  unit: 'ms',
  causeRank: 8,
  meaning: () => `interactive requests take ${alertBound('api-p95').value} ms (p95)`,
  valueIn: ({ observations }, stretch) => {
    const histograms = histogramsOf(observations, 'http_req_duration', { kind: 'interactive' }).flatMap(
      ({ tMs, histograms: all }) => all.filter((_, index) => isWithin(tMs[index]!, [stretch])),
    );
    const pile = pileOf(histograms);
    return pile.count < fewestRequests ? null : pile.quantile(0.95);
  },
  limitIn: () => null,
  levelOf: () => alertBound('api-p95').value,
};

const query: GrowthMeasure = {
  id: 'query-p95',
  title: 'Queries, p95',
  unit: 'ms',
  causeRank: 6,
  meaning: () => `queries take ${alertBound('query-p95').value} ms (p95)`,
  valueIn: (entry, stretch) => p95In(entry, 'db.client.operation.duration', stretch, 1000),
  limitIn: () => null,
  levelOf: () => alertBound('query-p95').value,
};

const start: GrowthMeasure = {
  id: 'due-to-start',
  title: 'Tasks, from due to start, p95',
  unit: 'ms',
  causeRank: 7,
  meaning: () => `tasks start ${lateMs} ms late (p95)`,
  valueIn: (entry, stretch) => p95In(entry, 'pgsurge.task.due_to_start', stretch, 1000),
  limitIn: () => null,
  levelOf: () => lateMs,
};

export const timeMeasures: readonly GrowthMeasure[] = [interactive, query, start];
