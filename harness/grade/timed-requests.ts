/** Requests, instant by instant, as worst stretches are made of them. */
import { isServed, outcomeOf } from '../measure/request-outcome.ts';
import { histogramsOf, seriesOf, type Labels } from '../measure/tracks/observations.ts';
import type { JudgedEntry } from './criterion.ts';
import { loadedPhaseNames } from './judged-windows.ts';
import { timedHistograms, timedOf, type Counts, type Durations, type Timed } from './timed.ts';

type LoadedEntry = Pick<JudgedEntry, 'observations' | 'phases'>;

/** Requests of the judged phases, by k6's own tags. */
const requestsIn =
  ({ phases }: LoadedEntry, kind: string | null): ((one: { labels: Labels }) => boolean) =>
  ({ labels }) =>
    loadedPhaseNames(phases).has(labels['phase'] ?? '') &&
    (kind === null || (labels['kind'] ?? labels['scenario']) === kind);

/** Latencies (ms) of requests that succeeded, and how many failed: those count as slower than all others. */
export const timedDurations = (entry: LoadedEntry, kind: string): Timed<Durations>[] => {
  const isWanted = requestsIn(entry, kind);
  const answered = histogramsOf(entry.observations, 'http_req_duration').filter(
    (one) => isWanted(one) && isServed(one.labels),
  );
  const failed = seriesOf(entry.observations, 'http_reqs').filter(
    (one) => isWanted(one) && outcomeOf(one.labels) === 'error',
  );
  return [
    ...timedHistograms(answered),
    ...failed.flatMap((one) => timedOf(one, (count): Durations => ({ histogram: null, failed: count }))),
  ];
};

/** Requests that succeeded, of those that succeeded or failed. */
export const timedSuccesses = (entry: LoadedEntry, kind: string | null = null): Timed<Counts>[] => {
  const isWanted = requestsIn(entry, kind);
  return seriesOf(entry.observations, 'http_reqs')
    .filter((one) => isWanted(one) && outcomeOf(one.labels) !== 'refused')
    .flatMap((one) => {
      const isDone = isServed(one.labels);
      return timedOf(one, (count): Counts => ({ part: isDone ? count : 0, all: count }));
    });
};

/** Requests that were refused, of all. */
export const timedRefusals = (entry: LoadedEntry): Timed<Counts>[] =>
  seriesOf(entry.observations, 'http_reqs')
    .filter(requestsIn(entry, null))
    .flatMap((one) => {
      const isRefused = outcomeOf(one.labels) === 'refused';
      return timedOf(one, (count): Counts => ({ part: isRefused ? count : 0, all: count }));
    });

/** Requests that succeeded, of all that were offered: refused ones and those that k6 could not start too. */
export const timedOffers = (entry: LoadedEntry, kind: string): Timed<Counts>[] => {
  const isWanted = requestsIn(entry, kind);
  const names = loadedPhaseNames(entry.phases);
  const ended = seriesOf(entry.observations, 'http_reqs')
    .filter(isWanted)
    .flatMap((one) => {
      const isDone = isServed(one.labels);
      return timedOf(one, (count): Counts => ({ part: isDone ? count : 0, all: count }));
    });
  const dropped = seriesOf(entry.observations, 'dropped_iterations')
    .filter(({ labels }) => labels['phase'] === undefined || names.has(labels['phase']))
    .flatMap((one) => timedOf(one, (count): Counts => ({ part: 0, all: count })));
  return [...ended, ...dropped];
};
