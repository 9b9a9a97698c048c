/** What a fault did to people while it was in force and after it: requests that failed, counted from k6's own tags. */
import { seenAfterMs } from '../measure/k6-exports.ts';
import { outcomeOf } from '../measure/request-outcome.ts';
import { seriesOf } from '../measure/tracks/observations.ts';
import { isWithin, type Window } from '../measure/tracks/windows.ts';
import type { JudgedEntry } from './criterion.ts';
import { brokenFromMs } from './recovery.ts';

type Broken = Pick<JudgedEntry, 'observations' | 'faults' | 'steps' | 'phases'>;

/** k6 gives a request ten seconds: what was sent in the load may fail so long after it. */
const longestRequestMs = 10_000;

/** From each fault's beginning to its mending; what it made fail meanwhile is exported a little later. */
export const inForceWindows = (entry: Broken): Window[] =>
  entry.faults
    .filter(({ injectedAtMs, revertedAtMs }) => injectedAtMs !== null && revertedAtMs !== null)
    .map((fault) => ({ startMs: brokenFromMs(entry, fault), endMs: fault.revertedAtMs! + seenAfterMs }));

/** From the first fault's beginning to the end of the load; null where none was injected. */
export const harmedWindow = (entry: Broken): Window | null => {
  const begun = entry.faults
    .filter(({ injectedAtMs }) => injectedAtMs !== null)
    .map((fault) => brokenFromMs(entry, fault));
  const endMs = entry.phases.at(-1)?.endMs;
  if (begun.length === 0 || endMs === undefined) return null;
  const startMs = Math.min(...begun);
  return startMs >= endMs ? null : { startMs, endMs };
};

interface Ended {
  failed: number;
  all: number;
}

const endedIn = ({ observations }: Broken, windows: readonly Window[]): Ended => {
  const ended = { failed: 0, all: 0 };
  for (const { labels, tMs, values } of seriesOf(observations, 'http_reqs')) {
    const count = values.reduce((sum, value, index) => (isWithin(tMs[index]!, windows) ? sum + value : sum), 0);
    ended.all += count;
    if (outcomeOf(labels) === 'error') ended.failed += count;
  }
  return ended;
};

/** Requests that ended while a fault was in force. */
export const endedInForce = (entry: Broken): Ended => endedIn(entry, inForceWindows(entry));

/** Requests that were sent from the first fault on in the load; those that fail may do so after its end. */
export const endedSince = (entry: Broken, { startMs, endMs }: Window): Ended => ({
  failed: endedIn(entry, [{ startMs, endMs: endMs + longestRequestMs }]).failed,
  all: endedIn(entry, [{ startMs, endMs: endMs + seenAfterMs }]).all,
});
