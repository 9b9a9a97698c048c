/** A stretch of a run in which statements took far longer than in the rest of it, and answers with them. */
import { median } from 'simple-statistics';
import { fewestSamples, type Window } from '../../measure/tracks/windows.ts';
import type { Level } from './levels.ts';
import type { Seen } from './seen.ts';
import { isIn, longestRow, looksIn, meanAt, stretchLatencies, type StretchLatencies } from './stretch.ts';

export interface SlowStretch extends Window, StretchLatencies {
  /** Age of the oldest statement, on the average of the looks; in the rest of the run, of half of them at most. */
  ageSeconds: number;
  usualAgeSeconds: number;
  /** Sessions at work, on the average. */
  active: number;
}

/** Of one session it is that session's own: a report, a dump. */
const fewestActive = 3;
const longer = 3;

/**
 * In the rest of the run, where as many were at work: whose statements are slow whenever there is work had a burst.
 * Null where there was hardly any.
 */
const medianBeside = (ages: Level, active: Level, row: Window): number | null => {
  const { tMs, values } = ages.samples;
  const rest = values.filter((_, index) => !isIn(tMs[index]!, row) && active.at(tMs[index]!) >= fewestActive);
  return rest.length < fewestSamples ? null : median(rest);
};

/** With one of these sessions are slow for another reason than their statement. `Timeout` is left out: it sleeps. */
const otherWaits = ['Lock', 'LWLock', 'IO', 'IPC', 'BufferPin'];
/** With less of the host idle they wait for a core. */
const leastIdle = 0.1;

const hasOtherReason = ({ sessions, levels }: Seen, looks: readonly number[], active: number): boolean => {
  const isBusy = (meanAt(levels.level('host.cpu_idle_share'), looks) ?? 1) < leastIdle;
  return isBusy || otherWaits.some((type) => (meanAt(sessions.waiting(type), looks) ?? 0) > active / 2);
};

/** With statements of that age, and answers as late. */
export const slowStretchOf = (seen: Seen, ageSeconds: number): SlowStretch | null => {
  const { levels, sessions } = seen;
  const ages = levels.level('postgres.statement.age.max');
  const row = longestRow(ages, ageSeconds);
  const latencies = row === null ? null : stretchLatencies(seen, row);
  if (row === null || latencies === null) return null;
  const looks = looksIn(ages, row);
  const [age, usualAge] = [meanAt(ages, looks)!, medianBeside(ages, sessions.active, row)];
  const active = meanAt(sessions.active, looks) ?? 0;
  if (usualAge === null || age < longer * usualAge || active < fewestActive) return null;
  if (hasOtherReason(seen, looks, active)) return null;
  const { thenMsP95, otherwiseMsP95 } = latencies;
  const isFelt = thenMsP95 >= 1000 * ageSeconds && thenMsP95 >= longer * otherwiseMsP95;
  return isFelt ? { ...row, ...latencies, ageSeconds: age, usualAgeSeconds: usualAge, active } : null;
};
