/** Instants for people: from the start of the load on, as the charts have them, whatever was started before it. */
import type { PhaseResult } from '../result.ts';
import { formatSeconds } from './numbers-in-words.ts';

type Phases = readonly Pick<PhaseResult, 'startMs'>[];

/** Ms since the load began; never before its start. */
const sinceLoadMs = (atMs: number, phases: Phases): number => Math.max(0, atMs - (phases[0]?.startMs ?? 0));

/** "8.0 s". */
export const formatInstant = (atMs: number, phases: Phases): string => formatSeconds(sinceLoadMs(atMs, phases));

/** "from 8.0 to 12.5 s". */
export const formatSpan = (startMs: number, endMs: number, phases: Phases): string =>
  `from ${(sinceLoadMs(startMs, phases) / 1000).toFixed(1)} to ${formatInstant(endMs, phases)}`;
