/** Connections that are held for ever, and pools in which each holder waits for one more, by a tap's series. */
import { seriesOf, type Observations } from '../tracks/observations.ts';
import { samplesWithin, type Window } from '../tracks/windows.ts';
import { looksOf, sizeOf, type Look, type TapGroup } from './tap-use.ts';

export interface Leak {
  /** So many connections sat idle in a transaction at every look. */
  connections: number;
  /** The oldest was held for so long at the end. */
  heldSeconds: number;
}

/** In a healthy service one is idle inside for a moment; what is so at every look for so long is kept. */
const leakSeconds = 10;

/**
 * Connections that were never given back: at no look were fewer idle inside, and one of them has been held from before
 * the first look on, since it grew older by as much as time went by. Null where there is none, or too little was seen.
 */
export const leak = (observations: Observations, group: TapGroup, window: Window): Leak | null => {
  const looks = looksOf(observations, group, window);
  const seconds = (looks.at(-1)?.atMs ?? 0) / 1000 - (looks[0]?.atMs ?? 0) / 1000;
  const connections = looks.reduce((fewest, { idleInTransaction }) => Math.min(fewest, idleInTransaction), Infinity);
  if (seconds < leakSeconds || connections === 0) return null;
  const [oldest] = seriesOf(observations, 'tap.oldest_idle_in_transaction', group);
  const ages = oldest === undefined ? [] : samplesWithin(oldest, [window]).values;
  const heldSeconds = ages.at(-1) ?? 0;
  return heldSeconds >= seconds * 0.95 ? { connections, heldSeconds } : null;
};

export interface SelfDeadlock {
  fromMs: number;
  untilMs: number;
  /** All of them, each inside a transaction. */
  connections: number;
}

/** Shorter, it may be a moment between two statements of all. */
const deadlockSeconds = 2;

const isStuck = (look: Look, before: Look | undefined): boolean =>
  look.idleInTransaction >= 2 &&
  look.idleInTransaction === sizeOf(look) &&
  look.starting === 0 &&
  (before === undefined || sizeOf(before) === sizeOf(look));

/** Stretches of `stuck` looks in a row. */
const stretches = (looks: readonly Look[], moved: ReadonlySet<number>): Look[][] => {
  const found: Look[][] = [[]];
  for (const [index, look] of looks.entries()) {
    if (isStuck(look, looks[index - 1]) && !moved.has(look.atMs)) found.at(-1)!.push(look);
    else if (found.at(-1)!.length > 0) found.push(isStuck(look, undefined) ? [look] : []);
    else if (isStuck(look, undefined)) found.at(-1)!.push(look);
  }
  return found.filter(({ length }) => length > 0);
};

/**
 * All connections are inside a transaction, none is at work, none is being made, and nothing moves: each holder waits
 * for something that is not the database, most likely for a connection of the same pool.
 */
export const selfDeadlocks = (observations: Observations, group: TapGroup, window: Window): SelfDeadlock[] => {
  const looks = looksOf(observations, group, window);
  const moved = new Set<number>();
  for (const name of ['tap.acquisitions', 'tap.opened', 'tap.closed']) {
    for (const series of seriesOf(observations, name, group)) {
      const { tMs, values } = samplesWithin(series, [window]);
      for (const [index, value] of values.entries()) if (value > 0) moved.add(tMs[index]!);
    }
  }
  return stretches(looks, moved)
    .map((stretch) => ({
      fromMs: stretch[0]!.atMs,
      untilMs: stretch.at(-1)!.atMs,
      connections: stretch[0]!.idleInTransaction,
    }))
    .filter(({ fromMs, untilMs }) => untilMs - fromMs >= deadlockSeconds * 1000);
};
