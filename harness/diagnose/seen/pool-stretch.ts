/** One replica whose pool is waited for during some seconds, while the others' are not. */
import { plural, formatCount } from '../../measure/numbers-in-words.ts';
import { lengthOf } from '../../measure/silence.ts';
import { seriesOf, type Labels } from '../../measure/tracks/observations.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import { at, stretchWords } from '../say.ts';
import { levelOf } from './levels.ts';
import type { PoolWait } from './pool-wait.ts';
import type { Seen } from './seen.ts';
import { longestRow, looksIn, meanAt, stretchLatencies, type StretchLatencies } from './stretch.ts';

/** Of one replica: who waited, when, and what answers took meanwhile. */
interface Stretch extends Window, StretchLatencies {
  replica: string;
  /** At once. */
  waiting: number;
  seconds: number;
  /** Connections that its pool may have. */
  pool: number;
}

/** Felt for a while: a tenth of a second or more, and so many times what answers take otherwise. */
const feltMs = 100;
const feltTimes = 2;

const isFelt = ({ thenMsP95, otherwiseMsP95 }: StretchLatencies): boolean =>
  thenMsP95 >= feltMs && thenMsP95 >= feltTimes * otherwiseMsP95;

/** Of its connections. A pool that is still being filled waits for logins, and fewer are in use. */
const nearlyFull = 0.8;

/** The size of its own pool, where that is full at these looks; null where it is not, or nobody told. */
const fullPoolAt = ({ levels }: Seen, labels: Labels, looks: readonly number[]): number | null => {
  const used = meanAt(levels.level('db.client.connection.count', { ...labels, state: 'used' }), looks) ?? 0;
  const size = meanAt(levels.level('db.client.connection.max', labels), looks);
  return size !== null && used >= nearlyFull * size ? Math.round(size) : null;
};

const stretchOf = (seen: Seen, replica: string): Stretch | null => {
  const labels = { 'service.instance': replica };
  const pending = seen.levels.level('db.client.connection.pending_requests', labels);
  const row = longestRow(pending, 1);
  const latencies = row === null ? null : stretchLatencies(seen, row);
  if (row === null || latencies === null || !isFelt(latencies)) return null;
  const looks = looksIn(pending, row);
  const pool = fullPoolAt(seen, labels, looks);
  if (pool === null) return null;
  const waiting = Math.max(...looks.map((at) => pending.at(at)));
  return { ...row, ...latencies, replica, waiting, pool, seconds: (meanAt(pending, looks)! * lengthOf(row)) / 1000 };
};

/**
 * One replica's pool for some seconds, as after a setting of its own: the whole run's figures stay as they are. Where
 * others waited just then it was the load: a burst, a start.
 */
export const poolStretchOf = (seen: Seen): PoolWait | null => {
  const pending = seriesOf(seen.observations, 'db.client.connection.pending_requests');
  const replicas = [...new Set(pending.map(({ labels }) => labels['service.instance'] ?? ''))];
  const [worst] = replicas
    .flatMap((replica) => stretchOf(seen, replica) ?? [])
    .toSorted((a, b) => b.seconds - a.seconds);
  if (worst === undefined || replicas.length < 2) return null;
  const others = pending.filter(({ labels }) => labels['service.instance'] !== worst.replica);
  if (levelOf(others, [worst]).peak > 0) return null;
  const { replica, waiting, pool, startMs, endMs } = worst;
  const text =
    `up to ${formatCount(waiting)} wait at once in replica ${replica} alone, whose pool has ` +
    plural(pool, 'connection');
  return {
    sentence: `${text}, from ${at(startMs, seen)} to ${at(endMs, seen)}`,
    number: stretchWords(worst),
    evidence: [{ atMs: startMs, untilMs: endMs, text, source: 'db.client.connection.pending_requests' }],
    wanted: null,
    seconds: worst.seconds,
    remedy: `Compare the settings of replica ${replica} with those of the others, which did not wait`,
  };
};
