/**
 * What a tap's series say of a service's connections: how many it keeps and uses, how fast it makes new ones, which it
 * never gives back. Everything here is pure. Null where the tap has not seen enough to say anything.
 */
import { mergeAll, quantile } from '../histograms/histogram.ts';
import { histogramsOf, seriesOf, type Labels, type Observations } from '../tracks/observations.ts';
import { histogramsWithin, samplesWithin, totalOf, type Window } from '../tracks/windows.ts';

/** One role to one database under one application name, at one hop. */
export type TapGroup = Readonly<Record<'hop' | 'user' | 'database' | 'application', string>>;

const groupNames = ['hop', 'user', 'database', 'application'] as const;
/** Fewer looks prove nothing. */
const fewestLooks = 3;

const most = (values: readonly number[]): number => values.reduce((high, value) => Math.max(high, value), 0);

const groupOf = (labels: Labels): TapGroup =>
  Object.fromEntries(groupNames.map((name) => [name, labels[name] ?? ''])) as TapGroup;

/** All that any tap has seen. */
export const tapGroups = (observations: Observations): TapGroup[] => {
  const groups = seriesOf(observations, 'tap.connections').map(({ labels }) => groupOf(labels));
  return [...new Map(groups.map((group) => [JSON.stringify(group), group])).values()];
};

/** The service's own links: what lies behind a pooler is the pooler's. */
export const isOfTheService = (hop: string | undefined): boolean => hop?.startsWith('pooler') !== true;

/** Of what taps saw, what they saw on the service's own links; all of it where none of them stands there. */
export const nearTheService = <T extends { labels: Labels }>(observations: Observations, seen: readonly T[]): T[] => {
  const stands = seriesOf(observations, 'tap.connections').some(({ labels }) => isOfTheService(labels['hop']));
  return seen.filter(({ labels }) => !stands || isOfTheService(labels['hop']));
};

export interface Unread {
  hop: string;
  /** Why they were not read. */
  why: string;
  /** Most at once. */
  count: number;
}

/** Connections that passed taps unread, and may be any of a pool's. Those of replication are in no pool. */
export const unreadConnections = (observations: Observations, windows: readonly Window[]): Unread[] =>
  seriesOf(observations, 'tap.unread')
    .map((series) => ({
      hop: series.labels['hop'] ?? '',
      why: series.labels['why'] ?? '',
      count: most(samplesWithin(series, windows).values),
    }))
    .filter(({ why, count }) => why !== 'replication' && count > 0);

/** A tap's look: how many connections are in each state. */
export interface Look {
  atMs: number;
  starting: number;
  active: number;
  idleInTransaction: number;
  idle: number;
}

export const looksOf = (observations: Observations, group: TapGroup, window: Window): Look[] => {
  const byTime = new Map<number, Look>();
  const add = (state: string, name: Exclude<keyof Look, 'atMs'>): void => {
    for (const series of seriesOf(observations, 'tap.connections', { ...group, state })) {
      const { tMs, values } = samplesWithin(series, [window]);
      for (const [index, atMs] of tMs.entries()) {
        const look = byTime.get(atMs) ?? { atMs, starting: 0, active: 0, idleInTransaction: 0, idle: 0 };
        look[name] += values[index]!;
        byTime.set(atMs, look);
      }
    }
  };
  add('starting', 'starting');
  add('active', 'active');
  add('idle in transaction', 'idleInTransaction');
  add('idle', 'idle');
  return [...byTime.values()].toSorted((a, b) => a.atMs - b.atMs);
};

export const sizeOf = ({ active, idleInTransaction, idle }: Look): number => active + idleInTransaction + idle;

export interface PoolUse {
  /** Most connections that were there at once. */
  size: number;
  /** Average number in use: by the time that the connections spent, not by looks. */
  usedAverage: number;
  /** Most in use at once, between looks too. */
  usedPeak: number;
  /** Most holds that began within 100 ms. */
  burst: number;
  acquisitionsPerSecond: number;
  /** The p95 of all holds, in seconds; null where none ended. */
  holdSecondsP95: number | null;
}

/** Seconds that the amounts of the window cover: each stands for the time since the look before it. */
const coveredSeconds = (observations: Observations, group: TapGroup, window: Window): number => {
  const [series] = seriesOf(observations, 'tap.state_seconds', { ...group, state: 'idle' });
  const { tMs } = series === undefined ? { tMs: [] } : samplesWithin(series, [window]);
  return tMs.length < 2 ? NaN : (tMs.at(-1)! - tMs[0]! + (tMs[1]! - tMs[0]!)) / 1000;
};

const amount = (observations: Observations, name: string, labels: Labels, window: Window): number =>
  totalOf(seriesOf(observations, name, labels), [window]);

const level = (observations: Observations, name: string, group: TapGroup, window: Window): number =>
  most(seriesOf(observations, name, group).flatMap((series) => samplesWithin(series, [window]).values));

const p95Of = (observations: Observations, name: string, group: TapGroup, window: Window): number | null => {
  const within = histogramsWithin(histogramsOf(observations, name, group), [window]);
  return quantile(mergeAll(within), 0.95);
};

export const poolUse = (observations: Observations, group: TapGroup, window: Window): PoolUse | null => {
  const looks = looksOf(observations, group, window);
  if (looks.length < fewestLooks) return null;
  const seconds = coveredSeconds(observations, group, window);
  const spent = (state: string): number => amount(observations, 'tap.state_seconds', { ...group, state }, window);
  return {
    size: most(looks.map(sizeOf)),
    usedAverage: (spent('active') + spent('idle in transaction')) / seconds,
    usedPeak: level(observations, 'tap.used_peak', group, window),
    burst: level(observations, 'tap.acquisition_burst', group, window),
    acquisitionsPerSecond: amount(observations, 'tap.acquisitions', group, window) / seconds,
    holdSecondsP95: p95Of(observations, 'tap.hold_time', group, window),
  };
};

export interface Churn {
  opened: number;
  openedPerSecond: number;
  /** 1: a new connection for each use. */
  openedPerAcquisition: number;
  /** Most that were opened between two looks. */
  stormSize: number;
  loginSecondsP95: number | null;
  loginsFailed: number;
}

export const churn = (observations: Observations, group: TapGroup, window: Window): Churn | null => {
  const looks = looksOf(observations, group, window);
  if (looks.length < fewestLooks) return null;
  const opened = amount(observations, 'tap.opened', group, window);
  return {
    opened,
    openedPerSecond: opened / coveredSeconds(observations, group, window),
    openedPerAcquisition: opened / Math.max(1, amount(observations, 'tap.acquisitions', group, window)),
    stormSize: level(observations, 'tap.opened', group, window),
    loginSecondsP95: p95Of(observations, 'tap.login_time', group, window),
    loginsFailed: amount(observations, 'tap.logins_failed', group, window),
  };
};
