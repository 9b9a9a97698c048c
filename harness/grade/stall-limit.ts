/** What stopped a service altogether for some seconds: too short for a share of the whole, and all that users felt. */
import type { ScenarioResult } from '../result.ts';
import { formatSeconds } from '../measure/numbers-in-words.ts';
import { seriesOf } from '../measure/tracks/observations.ts';
import { sumAtSamples } from '../measure/tracks/windows.ts';
import type { JudgedEntry } from './criterion.ts';
import { slowRequestMs } from './request-windows.ts';
import { lengthOf, longestSilence, type Silence } from './silence.ts';

type ConnectionLimit = NonNullable<ScenarioResult['limit']>;

/** In so many of its samples somebody waited for a lock: then that is why. */
const mostOfIt = 0.5;

const spanOf = ({ startMs, endMs }: Silence): string =>
  `Nobody was answered from ${(startMs / 1000).toFixed(1)} to ${formatSeconds(endMs)}`;

/** The most sessions that waited for a lock then; null where that was not so for most of it. */
const lockWaiters = ({ observations }: JudgedEntry, silence: Silence): number | null => {
  const { values } = sumAtSamples(seriesOf(observations, 'postgres.locks.waiting'), [silence]);
  const waiting = values.filter((sessions) => sessions > 0);
  return waiting.length > 0 && waiting.length >= values.length * mostOfIt ? Math.max(...waiting) : null;
};

/** Null where nobody waited in silence for as long as a slow request takes. */
export const stallLimit = (judge: JudgedEntry): ConnectionLimit | null => {
  const silence = longestSilence(judge);
  if (silence === null || lengthOf(silence) <= slowRequestMs) return null;
  const span = spanOf(silence);
  const evidence = [{ atMs: silence.startMs, untilMs: silence.endMs, text: span, source: 'http_reqs' }];
  const waiters = lockWaiters(judge, silence);
  if (waiters === null)
    return { kind: 'unknown', sentence: `${span}, though nothing seen here was full then`, evidence };
  const sentence = `${span}: up to ${waiters} sessions waited for a lock. Locks are the limit, not connections`;
  return { kind: 'locks', sentence, evidence };
};
