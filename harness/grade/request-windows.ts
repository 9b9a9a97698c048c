import { countAbove } from '../measure/histograms/histogram.ts';
import { exportEveryMs } from '../measure/k6-exports.ts';
import { histogramsOf, seriesOf } from '../measure/tracks/observations.ts';
import { isWithin, type Window } from '../measure/tracks/windows.ts';
import type { JudgedEntry } from './criterion.ts';
import { outcomeOf } from '../measure/request-outcome.ts';

type LoadedEntry = Pick<JudgedEntry, 'observations' | 'load'>;

/** An interactive request this slow is as bad as an error (ours; the seeds' own "slow" is a transaction of 1 s). */
export const slowRequestMs = 1000;
/** Two of k6's exports, which come once a second and hold uneven shares (10 and 30 of 20). */
export const requestWindowMs = 2000;
/**
 * Of the requests offered in a window so many must be answered in it: healthy windows, with the export after them, hold
 * all of them.
 */
const leastAnsweredShare = 0.5;
/** Where no constant rate is offered: below this many requests a second, nothing is known. */
const fewestRequestsPerSecond = 3;

/** Whole windows up to `endMs`, the last ends there. */
const windowsUpTo = (startMs: number, endMs: number): Window[] =>
  Array.from({ length: Math.max(0, Math.floor((endMs - startMs) / requestWindowMs)) }, (_, index) => ({
    startMs: endMs - (index + 1) * requestWindowMs,
    endMs: endMs - index * requestWindowMs,
  })).reverse();

/** Up to when the answers of this window are exported. */
const exportedBy = ({ startMs, endMs }: Window): Window[] => [{ startMs, endMs: endMs + exportEveryMs }];

/**
 * Requests that ended in the windows, refused ones apart: interactive ones where they are offered at a constant rate,
 * else all.
 */
export const requestsAnswered = ({ observations, load }: LoadedEntry, windows: readonly Window[]): number =>
  seriesOf(observations, 'http_reqs', load.interactivePerSecond > 0 ? { kind: 'interactive' } : {})
    .filter(({ labels }) => outcomeOf(labels) !== 'refused')
    .reduce(
      (total, { tMs, values }) =>
        total + values.reduce((sum, value, index) => (isWithin(tMs[index]!, windows) ? sum + value : sum), 0),
      0,
    );

/** Whether anything of k6 arrived in this window. */
const wasK6Heard = ({ observations }: LoadedEntry, window: Window): boolean =>
  ['vus', 'http_reqs'].some((name) =>
    seriesOf(observations, name).some(({ tMs }) => tMs.some((atMs) => isWithin(atMs, exportedBy(window)))),
  );

interface RequestWindow extends Window {
  count: number;
  needed: number;
  /** Requests that did not come were then not answered, rather than not seen. */
  wasK6Heard: boolean;
}

/** Each window with how many requests were answered in it and how many had to be. */
export const answeredWindows = (entry: LoadedEntry, startMs: number, endMs: number): RequestWindow[] => {
  const { interactivePerSecond } = entry.load;
  const needed = Math.ceil(
    (requestWindowMs / 1000) *
      (interactivePerSecond > 0 ? interactivePerSecond * leastAnsweredShare : fewestRequestsPerSecond),
  );
  return windowsUpTo(startMs, endMs).map((window) => ({
    ...window,
    needed,
    count: requestsAnswered(entry, exportedBy(window)),
    wasK6Heard: wasK6Heard(entry, window),
  }));
};

/** Interactive requests that took too long, by the instant of the export that holds them. */
export const slowRequests = ({
  observations,
}: Pick<JudgedEntry, 'observations'>): { atMs: number; count: number; phase: string }[] =>
  histogramsOf(observations, 'pgsurge_request_duration').flatMap(({ labels, tMs, histograms }) =>
    histograms
      .map((histogram, index) => ({
        atMs: tMs[index]!,
        count: countAbove(histogram, slowRequestMs),
        phase: labels['phase'] ?? '',
      }))
      .filter(({ count }) => count > 0),
  );
