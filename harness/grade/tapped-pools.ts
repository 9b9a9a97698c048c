/** How the service uses its connections, as a tap on its way to the database sees it from outside. */
import {
  isOfTheService,
  looksOf,
  sizeOf,
  tapGroups,
  unreadConnections,
  type TapGroup,
} from '../measure/connections/tap-use.ts';
import { histogramsOf, seriesOf } from '../measure/tracks/observations.ts';
import { isWithin, samplesWithin, type Samples, type Window } from '../measure/tracks/windows.ts';
import type { JudgeInput } from './criterion.ts';

export interface TappedPool {
  /** `shop at service-pooler`: the application's name, else the role's, and the hop. */
  name: string;
  /** Most connections that were open at once: the pool has room for as many, or for more. */
  size: number;
  /** Connections in use, on average since the look before. */
  used: Samples;
  /** One hold went on from the first look to the last. */
  oneIsHeldThroughout: boolean;
  /** Of all holds, those of a transaction (0 to 1): between transactions a connection looks like one in the pool. */
  transactionShare: number;
}

/** One connection is no pool. */
const smallestPool = 2;

const usedStates: readonly string[] = ['active', 'idle in transaction'];

const usedOf = ({ observations }: JudgeInput, group: TapGroup, windows: readonly Window[]): Samples => {
  const seconds = new Map<number, number>();
  for (const state of usedStates) {
    for (const series of seriesOf(observations, 'tap.state_seconds', { ...group, state })) {
      const { tMs, values } = samplesWithin(series, windows);
      for (const [index, atMs] of tMs.entries()) seconds.set(atMs, (seconds.get(atMs) ?? 0) + values[index]!);
    }
  }
  const times = [...seconds.keys()].toSorted((a, b) => a - b);
  // What the first one covers is not known.
  const tMs = times.slice(1);
  return { tMs, values: tMs.map((atMs, index) => (seconds.get(atMs)! * 1000) / (atMs - times[index]!)) };
};

const holdsOf = ({ observations }: JudgeInput, group: TapGroup, what: string, windows: readonly Window[]): number =>
  histogramsOf(observations, 'tap.hold_time', { ...group, what })
    .flatMap(({ tMs, histograms }) => histograms.filter((_, index) => isWithin(tMs[index]!, windows)))
    .reduce((total, { count }) => total + count, 0);

/** A hold grows older by as much as time goes by, but for what looks come late. */
const nearlyAsOld = 0.95;

const isHeldThroughout = ({ observations }: JudgeInput, group: TapGroup, windows: readonly Window[]): boolean => {
  const [oldest] = seriesOf(observations, 'tap.oldest_hold', group);
  const { tMs, values } = oldest === undefined ? { tMs: [], values: [] } : samplesWithin(oldest, windows);
  return values.length > 0 && values.at(-1)! * 1000 >= nearlyAsOld * (tMs.at(-1)! - tMs[0]!);
};

const poolOf = (input: JudgeInput, group: TapGroup, windows: readonly Window[]): TappedPool => {
  const sizes = windows.flatMap((window) => looksOf(input.observations, group, window)).map(sizeOf);
  const transactions = holdsOf(input, group, 'transaction', windows);
  const singles = holdsOf(input, group, 'single', windows);
  return {
    name: `${group.application || group.user} at ${group.hop}`,
    size: sizes.reduce((most, size) => Math.max(most, size), 0),
    used: usedOf(input, group, windows),
    oneIsHeldThroughout: isHeldThroughout(input, group, windows),
    transactionShare: transactions / Math.max(1, transactions + singles),
  };
};

export const tappedPools = (input: JudgeInput, windows: readonly Window[]): TappedPool[] =>
  tapGroups(input.observations)
    .filter(({ hop }) => isOfTheService(hop))
    .map((group) => poolOf(input, group, windows))
    .filter(({ size }) => size >= smallestPool);

/** Why what the taps saw is not all; null where nothing passed unread. */
export const unreadWords = (input: JudgeInput, windows: readonly Window[]): string | null => {
  const unread = unreadConnections(input.observations, windows).filter(({ hop }) => isOfTheService(hop));
  if (unread.length === 0) return null;
  const counts = unread.map(({ why, count }) => `${count} (${why})`).join(', ');
  return `connections that passed the tap unread: ${counts}; what they did is not known`;
};

/** From here on what the tap sees in use is what the service holds. */
const nearlyAll = 0.9;

/** Nothing below a bound is known of pools whose connections may be held while they look idle. */
export const hidesHolds = (pools: readonly TappedPool[]): boolean =>
  pools.some(({ transactionShare }) => transactionShare < nearlyAll);

export const hiddenHolds =
  'outside a transaction a connection that is held and idle looks like one in the pool: whether more was in use the ' +
  'tap cannot tell';

export const seenByTap = 'as the tap sees it, from the first message to the end of the statement or transaction';
