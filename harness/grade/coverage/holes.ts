/** Where a source was not heard, by the times of its own samples: at the start, in the middle and at the end alike. */
import { countUpTo, intervalAround } from '../../measure/tracks/cadence.ts';
import type { Window } from '../../measure/tracks/windows.ts';

/** Two samples may be missing: a look that comes late on a busy machine is no hole. */
const missedIntervals = 3;
/** However often a source samples, a shorter silence is none: exports come once a second and may be late. */
export const leastHoleMs = 2500;

/** `window` without what the excused stretches cover. */
const without = (window: Window, excused: readonly Window[]): Window[] =>
  excused.reduce<Window[]>(
    (pieces, { startMs, endMs }) =>
      pieces.flatMap((piece) => [
        ...(startMs > piece.startMs ? [{ startMs: piece.startMs, endMs: Math.min(piece.endMs, startMs) }] : []),
        ...(endMs < piece.endMs ? [{ startMs: Math.max(piece.startMs, endMs), endMs: piece.endMs }] : []),
      ]),
    [window],
  );

/** The silence after the sample at `index`, as far as it matters to the window; -1 is before the first sample. */
const silenceAfter = (times: Float64Array, index: number, window: Window, excused: readonly Window[]): Window[] => {
  const [before, after] = [times[index] ?? -Infinity, times[index + 1] ?? Infinity];
  const allowedMs = Math.max(leastHoleMs, missedIntervals * intervalAround(times, index));
  if (after - before <= allowedMs) return [];
  const inside = { startMs: Math.max(before, window.startMs), endMs: Math.min(after, window.endMs) };
  // Of a short window a long silence may cover less than is allowed elsewhere, and yet most of it.
  const mattersFromMs = Math.min(allowedMs, Math.max(leastHoleMs, (window.endMs - window.startMs) / 2));
  return without(inside, excused).filter(({ startMs, endMs }) => endMs - startMs >= mattersFromMs);
};

/** What of the windows no sample covers. `excused`: stretches in which silence was to be expected. */
export const holesIn = (times: Float64Array, windows: readonly Window[], excused: readonly Window[] = []): Window[] =>
  windows.flatMap((window) => {
    const first = countUpTo(times, window.startMs) - 1;
    const last = countUpTo(times, window.endMs) - 1;
    return Array.from({ length: last - first + 1 }, (_, step) =>
      silenceAfter(times, first + step, window, excused),
    ).flat();
  });
