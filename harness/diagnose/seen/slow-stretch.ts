/** A stretch of a run in which statements took far longer than in the rest of it, and answers with them. */
import { fineQuantile } from '../../measure/histograms/fine-quantile.ts';
import { exportEveryMs } from '../../measure/k6-exports.ts';
import { histogramsOf, seriesOf } from '../../measure/tracks/observations.ts';
import { histogramsWithin, meanOf, type Window } from '../../measure/tracks/windows.ts';
import { levelOf, type Level } from './levels.ts';
import type { Seen } from './seen.ts';

export interface SlowStretch extends Window {
  /** Age of the oldest statement, on the average of the looks; in the rest of the run, of half of them at most. */
  ageSeconds: number;
  usualAgeSeconds: number;
  /** Sessions at work, on the average. */
  active: number;
  latencyMsP95: number;
  usualLatencyMsP95: number;
}

/** Shorter is one slow statement, or a look that came late. */
const leastMs = 2000;
const fewestLooks = 5;
/** Of one session it is that session's own: a report, a dump. */
const fewestActive = 3;
/** What lasts for most of the run is how the service works. */
const mostOfRun = 0.5;
const longer = 3;

/** The longest row of looks in each of which a statement was that old. */
const longestRow = ({ samples }: Level, ageSeconds: number): Window | null => {
  const { tMs, values } = samples;
  let longest: Window | null = null;
  let first = 0;
  for (const [index, value] of values.entries()) {
    if (value < ageSeconds) first = index + 1;
    else if (
      index - first + 1 >= fewestLooks &&
      tMs[index]! - tMs[first]! > (longest ? longest.endMs - longest.startMs : 0)
    )
      longest = { startMs: tMs[first]!, endMs: tMs[index]! };
  }
  return longest !== null && longest.endMs - longest.startMs >= leastMs ? longest : null;
};

const meanWithin = (level: Level, { startMs, endMs }: Window): number =>
  meanOf(level.samples.values.filter((_, index) => isIn(level.samples.tMs[index]!, startMs, endMs))) ?? 0;

const isIn = (tMs: number, startMs: number, endMs: number): boolean => tMs >= startMs && tMs <= endMs;

/**
 * In the rest of the run, where as many were at work: whose statements are slow whenever there is work had a burst.
 * Null where there was hardly any.
 */
const medianBeside = (ages: Level, active: Level, { startMs, endMs }: Window): number | null => {
  const { tMs, values } = ages.samples;
  const rest = values
    .filter((_, index) => !isIn(tMs[index]!, startMs, endMs) && active.at(tMs[index]!) >= fewestActive)
    .toSorted((a, b) => a - b);
  return rest.length < fewestLooks ? null : rest[Math.floor(rest.length / 2)]!;
};

const p95In = ({ observations }: Seen, windows: readonly Window[]): number | null =>
  fineQuantile(histogramsWithin(histogramsOf(observations, 'http_req_duration'), windows), 0.95);

type Latencies = Pick<SlowStretch, 'latencyMsP95' | 'usualLatencyMsP95'>;

/** k6 tells of a request when it has ended, and once a second. */
const latenciesOf = (seen: Seen, { startMs, endMs: lastMs }: Window): Latencies | null => {
  const { span } = seen;
  const endMs = lastMs + exportEveryMs;
  const then = p95In(seen, [{ startMs, endMs }]);
  const otherwise = p95In(seen, [
    { startMs: span.startMs, endMs: startMs },
    { startMs: endMs, endMs: span.endMs },
  ]);
  return then === null || otherwise === null ? null : { latencyMsP95: then, usualLatencyMsP95: otherwise };
};

/** What sessions wait for that are slow for another reason than their statement; `Timeout` is one that sleeps. */
const otherWaits = ['Lock', 'LWLock', 'IO', 'IPC', 'BufferPin'];
/** With less of the host idle they wait for a core. */
const leastIdle = 0.1;

const hasOtherReason = ({ sessions, levels }: Seen, row: Window, active: number): boolean => {
  const idle = levels.level('host.cpu_idle_share');
  const isBusy = idle.count > 0 && meanWithin(idle, row) < leastIdle;
  return isBusy || otherWaits.some((type) => meanWithin(sessions.waiting(type), row) > active / 2);
};

/** With statements of that age, and answers as late. */
export const slowStretchOf = (seen: Seen, ageSeconds: number): SlowStretch | null => {
  const { observations, windows, sessions, span } = seen;
  const ages = levelOf(seriesOf(observations, 'postgres.statement.age.max'), windows);
  const row = longestRow(ages, ageSeconds);
  if (row === null || row.endMs - row.startMs > mostOfRun * (span.endMs - span.startMs)) return null;
  const [age, usualAge] = [meanWithin(ages, row), medianBeside(ages, sessions.active, row)];
  const active = meanWithin(sessions.active, row);
  if (usualAge === null || age < longer * usualAge || active < fewestActive) return null;
  const latencies = latenciesOf(seen, row);
  if (latencies === null || hasOtherReason(seen, row, active)) return null;
  const { latencyMsP95, usualLatencyMsP95 } = latencies;
  const isFelt = latencyMsP95 >= 1000 * ageSeconds && latencyMsP95 >= longer * usualLatencyMsP95;
  return isFelt ? { ...row, ...latencies, ageSeconds: age, usualAgeSeconds: usualAge, active } : null;
};
