/** The database's sessions, as pg_stat_activity shows them under load. */
import { seriesOf, type Observations, type Series } from '../../measure/tracks/observations.ts';
import { isWithin, type Window } from '../../measure/tracks/windows.ts';
import { levelOf, type Level } from './levels.ts';

/** Who holds sessions: one role under one application name. */
export interface Owner {
  role: string;
  application: string;
  /** Sessions at its highest, and how many of them at the same instant were only idle. */
  peak: number;
  /** Sessions of it worked in so many of the samples. */
  active: number;
  /** Sessions at the first and the last look. */
  first: number;
  last: number;
}

export interface Sessions {
  all: Level;
  active: Level;
  idle: Level;
  /** Active, or inside a transaction. */
  inUse: Level;
  idleInTransaction: Level;
  starting: Level;
  /** What they do may be seen with pg_monitor only. */
  hidden: Level;
  /** Seconds, of the oldest. */
  idleInTransactionAge: Level;
  /** Waits of sessions that are not idle, by pg_stat_activity's type. */
  waiting(type: string): Level;
  owners: readonly Owner[];
  maxConnections: number | null;
  usableSlots: number | null;
  roleLimits: readonly { role: string; limit: number }[];
}

const ownerOf = (members: readonly Series[], windows: readonly Window[]): Owner => {
  const all = levelOf(members, windows);
  const active = levelOf(
    members.filter(({ labels }) => labels['state'] === 'active' || labels['state']?.startsWith('idle in') === true),
    windows,
  );
  return {
    role: members[0]!.labels['role'] ?? '',
    application: members[0]!.labels['application'] ?? '',
    peak: all.peak,
    active: active.shareAbove(0),
    first: all.samples.values[0] ?? 0,
    last: all.samples.values.at(-1) ?? 0,
  };
};

const lastOf = (observations: Observations, name: string): number | null =>
  seriesOf(observations, name)[0]?.values.findLast((value) => Number.isFinite(value)) ?? null;

const slotsOf = (observations: Observations): Pick<Sessions, 'maxConnections' | 'usableSlots'> => {
  const maxConnections = lastOf(observations, 'postgres.max_connections');
  const reserved = lastOf(observations, 'postgres.reserved_connections') ?? 0;
  return { maxConnections, usableSlots: maxConnections === null ? null : maxConnections - reserved };
};

/** A role's limit may be changed during the run: the lowest is the one that bit. */
const roleLimitsOf = (observations: Observations, windows: readonly Window[]): Sessions['roleLimits'] =>
  seriesOf(observations, 'postgres.role_limit').flatMap(({ labels, tMs, values }) => {
    const within = Array.from(values).filter((value, index) => value > 0 && isWithin(tMs[index]!, windows));
    return within.length === 0 ? [] : [{ role: labels['role'] ?? '', limit: Math.min(...within) }];
  });

export const sessionsOf = (observations: Observations, windows: readonly Window[]): Sessions => {
  const series = seriesOf(observations, 'postgres.sessions');
  const inState = (wanted: (state: string) => boolean): Level =>
    levelOf(
      series.filter(({ labels }) => wanted(labels['state'] ?? '')),
      windows,
    );
  const groups = Map.groupBy(series, ({ labels }) => `${labels['role']} ${labels['application']}`);
  return {
    all: levelOf(series, windows),
    active: inState((state) => state === 'active'),
    inUse: inState((state) => state === 'active' || state.startsWith('idle in transaction')),
    idle: inState((state) => state === 'idle'),
    idleInTransaction: inState((state) => state.startsWith('idle in transaction')),
    starting: inState((state) => state === 'starting'),
    hidden: inState((state) => state === 'hidden'),
    idleInTransactionAge: levelOf(seriesOf(observations, 'postgres.idle_in_transaction.age.max'), windows),
    waiting: (type) => levelOf(seriesOf(observations, 'postgres.sessions.waiting', { wait_event_type: type }), windows),
    owners: [...groups.values()].map((members) => ownerOf(members, windows)).toSorted((a, b) => b.peak - a.peak),
    ...slotsOf(observations),
    roleLimits: roleLimitsOf(observations, windows),
  };
};
