/** When requests came out so, not only how many: failures of the first second are another story than a drip. */
import { exportEveryMs } from '../measure/k6-exports.ts';
import { formatSpan } from '../measure/load-clock.ts';
import { formatCount, formatSeconds } from '../measure/numbers-in-words.ts';
import { outcomeOf, type RequestOutcome } from '../measure/request-outcome.ts';
import { seriesOf, type Series } from '../measure/tracks/observations.ts';
import type { JudgedEntry } from './criterion.ts';
import { loadedPhaseNames, loadedWindows } from './judged-windows.ts';

type Judge = Pick<JudgedEntry, 'observations' | 'phases'>;

/** An interval of k6's exports that held such requests; it ended at `atMs`. */
interface Moment {
  atMs: number;
  count: number;
}

/** The word "first" is for a start, not for the first half of a short run. */
const longestStartMs = 5000;
/** Moments further apart than this are told apart. */
const togetherMs = 5000;

const judgedSeries = ({ observations, phases }: Judge, outcome: RequestOutcome): Series[] => {
  const names = loadedPhaseNames(phases);
  return seriesOf(observations, 'http_reqs').filter(
    ({ labels }) => names.has(labels['phase'] ?? '') && outcomeOf(labels) === outcome,
  );
};

/** Ascending; one for each instant at which such requests were exported. */
const momentsOf = (judge: Judge, outcome: RequestOutcome): Moment[] => {
  const counts = new Map<number, number>();
  for (const { tMs, values } of judgedSeries(judge, outcome))
    tMs.forEach((atMs, index) => counts.set(atMs, (counts.get(atMs) ?? 0) + values[index]!));
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([atMs, count]) => ({ atMs, count }))
    .sort((a, b) => a.atMs - b.atMs);
};

const stretches = (moments: readonly Moment[]): number =>
  moments.filter(({ atMs }, index) => index === 0 || atMs - moments[index - 1]!.atMs > togetherMs).length;

/** "all in the first 1.0 s", "from 14.0 to 18.5 s", "from 3.0 to 60.0 s, in 4 stretches"; empty without any. */
export const whenWords = (judge: Judge, outcome: RequestOutcome): string => {
  const moments = momentsOf(judge, outcome);
  const [first, last] = [moments[0], moments.at(-1)];
  if (first === undefined || last === undefined) return '';
  const startMs = loadedWindows(judge.phases)[0]?.startMs ?? 0;
  const untilMs = last.atMs - startMs;
  if (untilMs <= longestStartMs) return `all in the first ${formatSeconds(Math.max(untilMs, 100))}`;
  const fromMs = Math.max(startMs, first.atMs - exportEveryMs);
  const span = formatSpan(fromMs, last.atMs, judge.phases);
  const count = stretches(moments);
  return count > 1 ? `${span}, in ${count} stretches` : span;
};

/** "404 × 9,000, no answer × 3": by status, the most first. */
export const statusWords = (judge: Judge, outcome: RequestOutcome): string => {
  const counts = new Map<string, number>();
  for (const { labels, values } of judgedSeries(judge, outcome)) {
    const status = labels['status'] ?? '';
    const words = status === '0' || status === '' ? 'no answer' : status;
    counts.set(words, (counts.get(words) ?? 0) + values.reduce((sum, value) => sum + value, 0));
  }
  return [...counts]
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([words, count]) => `${words} × ${formatCount(count)}`)
    .join(', ');
};

/** Requests of the judged time up to so long after its start, and those after it. */
export const countsAround = (judge: Judge, outcomes: readonly RequestOutcome[], startMs: number): [number, number] => {
  const fromMs = loadedWindows(judge.phases)[0]?.startMs ?? 0;
  const moments = outcomes.flatMap((outcome) => momentsOf(judge, outcome));
  const early = moments.filter(({ atMs }) => atMs - fromMs <= startMs);
  const sum = (some: readonly Moment[]): number => some.reduce((total, { count }) => total + count, 0);
  return [sum(early), sum(moments) - sum(early)];
};
