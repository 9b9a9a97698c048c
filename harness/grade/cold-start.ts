/**
 * A start that is not warm, told as that: where a script has no warm-up, the same failures of the first seconds are one
 * percent of a short run and nothing of a long one, and the verdict must not turn on which it was.
 */
import { formatCountOf, formatSeconds } from '../measure/numbers-in-words.ts';
import type { RequestOutcome } from '../measure/request-outcome.ts';
import type { Window } from '../measure/tracks/windows.ts';
import type { JudgeInput, Measurement } from './criterion.ts';
import { countsAround } from './request-moments.ts';

/** Connections, caches and compilers of a service that was idle are warm by then. */
const startMs = 5000;
/** With fewer requests after the start nothing can be said of the time without it. */
const fewestAfterwards = 100;

type Judge = Pick<JudgeInput, 'observations' | 'phases'>;

const hasWarmup = ({ phases }: Judge): boolean => phases.some(({ kind }) => kind === 'warmup');

/** Windows without the start of the first. */
export const afterStart = ([first, ...others]: readonly Window[]): Window[] =>
  first === undefined
    ? []
    : [{ startMs: Math.min(first.startMs + startMs, first.endMs), endMs: first.endMs }, ...others];

export interface ColdStart {
  /** Share (%) that came out badly after the start. */
  laterPercent: number;
  later: number;
  laterBad: number;
  worst: NonNullable<Extract<Measurement, { state: 'measured' }>['worst']>;
}

/** Null where the start is no worse than the bound, or the rest is as bad: then the whole is judged. */
export const coldStart = (
  judge: Judge,
  bad: RequestOutcome,
  all: readonly RequestOutcome[],
  mostPercent: number,
): ColdStart | null => {
  if (hasWarmup(judge)) return null;
  const [early, later] = countsAround(judge, all, startMs);
  const [earlyBad, laterBad] = countsAround(judge, [bad], startMs);
  if (early === 0 || later < fewestAfterwards) return null;
  const laterPercent = (100 * laterBad) / later;
  if ((100 * earlyBad) / early <= mostPercent || laterPercent > mostPercent) return null;
  const words = `${formatCountOf(earlyBad, early)} in the first ${formatSeconds(startMs)}`;
  const advice = 'the start was not warm: give the script a warm-up, or see why the service needs one';
  return { laterPercent, later, laterBad, worst: { verdict: 'warn', reason: `${words}; ${advice}` } };
};
