/**
 * What the front before the replicas answered itself, by its own count. A status alone does not say whose answer it is:
 * by it, requests that a service lost would pass for some that it never got.
 */
import { seriesOf } from '../measure/tracks/observations.ts';
import { totalOf, type Window } from '../measure/tracks/windows.ts';
import type { JudgedEntry } from './criterion.ts';
import { graceMs, lastWordMs } from './coverage/silences.ts';

const deathTimes = ({ observations }: JudgedEntry): number[] =>
  seriesOf(observations, 'service.exits').flatMap(({ tMs, values }) =>
    Array.from(tMs).filter((_, index) => values[index]! > (values[index - 1] ?? 0)),
  );

const around = (startMs: number, endMs: number): Window => ({
  startMs: startMs - lastWordMs,
  endMs: endMs + graceMs,
});

/** In which replicas were down, or could not be reached: by steps and faults of ours, or by themselves. */
const downWindows = (entry: JudgedEntry): Window[] => [
  ...entry.steps
    .filter((step) => ['restart', 'roll'].includes(step.do))
    .map(({ atMs, endMs }) => around(atMs, endMs ?? atMs)),
  ...entry.faults
    .filter(({ injectedAtMs }) => injectedAtMs !== null)
    .map(({ injectedAtMs, revertedAtMs }) => around(injectedAtMs!, revertedAtMs ?? Infinity)),
  ...deathTimes(entry).map((atMs) => around(atMs, atMs)),
];

const answersOf = ({ observations }: JudgedEntry, status: string, windows: readonly Window[] | null): number =>
  totalOf(seriesOf(observations, 'front.answered', { status }), windows);

/** No replica took connections: each of these requests was sent to none, whenever that was. */
export const sentToNone = (entry: JudgedEntry): number => answersOf(entry, '503', null);

/** The replica to which they were sent went away before it answered, while replicas were down. */
export const lostWithReplica = (entry: JudgedEntry): number => answersOf(entry, '502', downWindows(entry));
