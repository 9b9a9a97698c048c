/**
 * What a service and its database keep, at the highest level that was held: what may grow from run to run without any
 * request that fails. Null where nobody said it; a cache that is not there is not an empty one.
 */
import type { Figures } from '../measure/figures.ts';
import { seriesOf, type Labels, type Observations } from '../measure/tracks/observations.ts';
import { growthOf, highestHeld, sumPerSecond, type Window } from '../measure/tracks/windows.ts';
import type { JudgedEntry } from './criterion.ts';

type StockId = Extract<keyof Figures, `${string}Held` | `${string}MemoryBytes` | 'tempBytes'>;

const held = ({ observations }: JudgedEntry, windows: readonly Window[], name: string, labels: Labels = {}) =>
  highestHeld(sumPerSecond(seriesOf(observations, name, labels), windows))?.value ?? null;

/** In the seconds in which both were sampled and there was a row. */
const deadShare = (observations: Observations, windows: readonly Window[]): number | null => {
  const dead = sumPerSecond(seriesOf(observations, 'postgres.tuples.dead'), windows);
  const live = sumPerSecond(seriesOf(observations, 'postgres.tuples.live'), windows);
  const liveAt = new Map(live.tMs.map((tMs, index) => [tMs, live.values[index]!]));
  const seconds = dead.tMs
    .map((tMs, index) => ({ tMs, dead: dead.values[index]!, live: liveAt.get(tMs) }))
    .filter((second) => second.live !== undefined && second.dead + second.live > 0);
  const values = seconds.map((second) => second.dead / (second.dead + second.live!));
  return highestHeld({ tMs: seconds.map(({ tMs }) => tMs), values })?.value ?? null;
};

const tempBytes = ({ observations }: JudgedEntry, windows: readonly Window[]): number | null => {
  const series = seriesOf(observations, 'postgres.temp_bytes');
  return series.length === 0 ? null : growthOf(series, windows);
};

export const stockFigures = (entry: JudgedEntry, windows: readonly Window[]): Pick<Figures, StockId> => {
  const memory = (component: string): number | null => held(entry, windows, 'process.memory_bytes', { component });
  return {
    serviceMemoryBytes: memory('service'),
    poolerMemoryBytes: memory('pooler'),
    databaseMemoryBytes: memory('database'),
    schedulesHeld: held(entry, windows, 'cron_schedules_total'),
    poolConnectionsHeld: held(entry, windows, 'db.client.connection.count'),
    waitingTasksHeld: held(entry, windows, 'tasks', { state: 'waiting' }),
    waitingTimersHeld: held(entry, windows, 'waiting_timers'),
    cacheEntriesHeld: held(entry, windows, 'cache_entries'),
    preparedNamesHeld: held(entry, windows, 'tap.prepared_names'),
    deadRowsHeld: held(entry, windows, 'postgres.tuples.dead'),
    deadRowShareHeld: deadShare(entry.observations, windows),
    tempBytes: tempBytes(entry, windows),
  };
};
