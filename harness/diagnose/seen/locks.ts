/** Who waits for whom: the lock queues that pg_blocking_pids showed. */
import { sayingOf } from '../../measure/errors/translated.ts';
import { seriesOf, type LogLine, type Observations } from '../../measure/tracks/observations.ts';
import { samplesWithin, type Window } from '../../measure/tracks/windows.ts';
import type { Level, Levels } from './levels.ts';
import type { Sessions } from './sessions.ts';

/** A queue as it was at its longest: by who holds, who stands first, and for what. */
export interface LockQueue {
  relation: string;
  /** Application (else role), state and command of the session that holds the lock, or began the queue. */
  holder: string;
  holderState: string;
  holderDoes: string;
  /** First of those that wait. */
  first: string;
  firstDoes: string;
  waiting: number;
  atMs: number;
  /** Samples in which it was there. */
  samples: number;
}

const queueOf = (observations: Observations, windows: readonly Window[]): LockQueue[] =>
  seriesOf(observations, 'postgres.lock_queue').flatMap((series) => {
    const { tMs, values } = samplesWithin(series, windows);
    const waiting = values.reduce((most, value) => Math.max(most, value), 0);
    if (waiting === 0) return [];
    const { labels } = series;
    return {
      relation: labels['relation'] ?? '',
      holder: labels['holder'] ?? '',
      holderState: labels['holder_state'] ?? '',
      holderDoes: labels['holder_does'] ?? '',
      first: labels['first'] ?? '',
      firstDoes: labels['first_does'] ?? '',
      waiting,
      atMs: tMs[values.indexOf(waiting)]!,
      samples: values.filter((value) => value > 0).length,
    };
  });

/** Longest first, by sessions and time together. */
export const lockQueuesOf = (observations: Observations, windows: readonly Window[]): LockQueue[] =>
  queueOf(observations, windows).toSorted((a, b) => b.waiting * b.samples - a.waiting * a.samples);

/** A wait of over a second that Postgres logged (log_lock_waits), and how long its DETAIL says the queue is. */
export interface LoggedWait {
  line: LogLine;
  waiting: number;
}

const stillWaiting = sayingOf('process %d still waiting for %s on %s after %ld.%03d ms');

/** The list of processes that ends the DETAIL line, whatever language its words are of. */
const queueIn = (text: string): number =>
  /[:：] *(\d+(?:[,、] *\d+)*)[.。]?$/u.exec(text.trim())?.[1]?.split(/[,、]/u).length ?? 1;

export const loggedWaitsOf = ({ logLines }: Observations): LoggedWait[] =>
  logLines
    .filter(({ text }) => stillWaiting.test(text))
    .map((line) => ({ line, waiting: queueIn(line.text) }))
    .toSorted((a, b) => b.waiting - a.waiting);

/** So many behind one transaction, and nobody gets through: short locks for rows are given on long before. */
const manyBehind = 8;
const longSeconds = 1;
/** What is about as old as the queue may be what all wait for; what was there long before is another's. */
const earlierMs = 1500;

/** Behind one transaction hardly anybody works; where many do, the waits are short and part of the work. */
const mostOfUse = 0.6;

/**
 * A queue that only grows while the oldest transaction ages: all wait for that one, whether a request felt it or not.
 */
export const wasBehindOne = (
  { levels, sessions }: { levels: Levels; sessions: Sessions },
  { samples: { tMs, values } }: Level,
): boolean => {
  const age = levels.level('postgres.transaction.age.max');
  return values.some((waiting, index) => {
    if (waiting < manyBehind || age.at(tMs[index]!) < longSeconds) return false;
    if (waiting < mostOfUse * sessions.inUse.at(tMs[index]!)) return false;
    const first = values.findLastIndex((value, at) => at < index && value > values[at + 1]!) + 1;
    const begins = values.findIndex((value, at) => at >= first && value > 0);
    return begins < index && tMs[begins]! - (tMs[index]! - age.at(tMs[index]!) * 1000) <= earlierMs;
  });
};
