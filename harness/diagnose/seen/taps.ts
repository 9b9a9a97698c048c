/** What a tap on the service's own link saw: how its connections are used between BEGIN and COMMIT, and beside. */
import { leak, selfDeadlocks, type Leak, type SelfDeadlock } from '../../measure/connections/tap-stuck.ts';
import {
  churn,
  isOfTheService,
  looksOf,
  poolUse,
  tapGroups,
  unreadConnections,
  type Churn,
  type Look,
  type PoolUse,
  type TapGroup,
} from '../../measure/connections/tap-use.ts';
import { fineQuantile } from '../../measure/histograms/fine-quantile.ts';
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';
import { histogramsOf, seriesOf, type Labels, type Observations } from '../../measure/tracks/observations.ts';
import { histogramsWithin, totalOf, type Window } from '../../measure/tracks/windows.ts';

export interface Times {
  count: number;
  seconds: number;
  p50: number | null;
  p95: number | null;
}

export interface Tapped {
  group: TapGroup;
  /** No connection passed its tap unread: what was not seen there did not happen. */
  seesAll: boolean;
  use: PoolUse;
  churn: Churn;
  leak: Leak | null;
  deadlocks: readonly SelfDeadlock[];
  looks: readonly Look[];
  holds: Times;
  /** The service did something else inside a transaction. */
  gaps: Times;
  statements: Times;
  statementsOf(kind: string): Times;
  /** Spent by all connections in that state. */
  stateSeconds(state: string): number;
  /** How often state of a session was made: LISTEN, SET, an advisory lock. */
  sessionState(kind: string): number;
  /** Ended without a word, by side and state. */
  vanished(side: string, state: string): number;
}

export const timesOf = (histograms: readonly ExponentialHistogram[]): Times => ({
  count: histograms.reduce((total, { count }) => total + count, 0),
  seconds: histograms.reduce((total, { sum }) => total + sum, 0),
  p50: fineQuantile(histograms, 0.5),
  p95: fineQuantile(histograms, 0.95),
});

/** Most connections that were in use at a look. */
export const mostInUse = (looks: readonly Look[]): number =>
  looks.reduce((most, { active, idleInTransaction }) => Math.max(most, active + idleInTransaction), 0);

const tappedOf = (observations: Observations, group: TapGroup, window: Window): Tapped | null => {
  const use = poolUse(observations, group, window);
  const churned = churn(observations, group, window);
  if (use === null || churned === null) return null;
  const times = (name: string, labels: Labels = {}): Times =>
    timesOf(histogramsWithin(histogramsOf(observations, name, { ...group, ...labels }), [window]));
  const amount = (name: string, labels: Labels): number =>
    totalOf(seriesOf(observations, name, { ...group, ...labels }), [window]);
  return {
    group,
    seesAll: unreadConnections(observations, [window]).every(({ hop }) => hop !== group.hop),
    use,
    churn: churned,
    leak: leak(observations, group, window),
    deadlocks: selfDeadlocks(observations, group, window),
    looks: looksOf(observations, group, window),
    holds: times('tap.hold_time'),
    gaps: times('tap.gap_time'),
    statements: times('tap.statement_time'),
    statementsOf: (kind) => times('tap.statement_time', { kind }),
    stateSeconds: (state) => amount('tap.state_seconds', { state }),
    sessionState: (kind) => amount('tap.session_state', { kind }),
    vanished: (side, state) => amount('tap.vanished', { side, state }),
  };
};

/** Of the service's own links. Busiest first. */
export const tapsOf = (observations: Observations, window: Window): Tapped[] =>
  tapGroups(observations)
    .filter(({ hop }) => isOfTheService(hop))
    .map((group) => tappedOf(observations, group, window))
    .filter((one) => one !== null)
    .toSorted((a, b) => b.use.acquisitionsPerSecond - a.use.acquisitionsPerSecond);
