/** From who waits for whom to queues: who holds what all in a queue wait for, and who stands first in it. */
import type { Labels } from '../measure/tracks/observations.ts';

export interface LockSession extends Record<string, unknown> {
  pid: number;
  /** Those that keep it waiting; empty for one that does not wait. */
  blockers: number[];
  relation: string;
  /** The application's name, or that of the role where it says none. */
  name: string;
  state: string;
  /** The first words of its statement. */
  does: string;
  /** How long ago that statement began. */
  seconds: number;
}

type ByPid = ReadonlyMap<number, LockSession>;

/** Those at the root of a session's wait that wait for nobody; itself where it waits for nobody. */
const holdersOf = (session: LockSession, byPid: ByPid, seen: Set<number> = new Set()): LockSession[] => {
  if (session.blockers.length === 0) return [session];
  seen.add(session.pid);
  return session.blockers
    .filter((pid) => !seen.has(pid))
    .flatMap((pid) => {
      const blocker = byPid.get(pid);
      return blocker === undefined ? [] : holdersOf(blocker, byPid, seen);
    });
};

/** It waits for the holder itself; of several, one behind which others wait, then whoever has waited longest. */
const firstOf = (holder: LockSession, waiting: readonly LockSession[]): LockSession | undefined => {
  const behind = (one: LockSession): number => waiting.filter(({ blockers }) => blockers.includes(one.pid)).length;
  return waiting
    .filter(({ blockers }) => blockers.includes(holder.pid))
    .toSorted((a, b) => behind(b) - behind(a) || b.seconds - a.seconds)[0];
};

const queueOf = (holder: LockSession, waiting: readonly LockSession[]): { labels: Labels; value: number } => {
  const first = firstOf(holder, waiting);
  return {
    labels: {
      relation: first?.relation ?? '',
      holder: holder.name,
      holder_state: holder.state,
      holder_does: holder.does,
      first: first?.name ?? '',
      first_does: first?.does ?? '',
    },
    value: waiting.length,
  };
};

/** Postgres names no process for it: its locks outlive the session that prepared it, and a restart. */
const preparedTransaction: LockSession = {
  pid: 0,
  blockers: [],
  relation: '',
  name: 'a prepared transaction',
  state: '',
  does: 'PREPARE TRANSACTION',
  seconds: 0,
};

/** One queue for each holder, with how many sessions wait in it. */
export const lockQueues = (sessions: readonly LockSession[]): { labels: Labels; value: number }[] => {
  const byPid = new Map(sessions.map((session) => [session.pid, session]));
  byPid.set(preparedTransaction.pid, preparedTransaction);
  const waitingFor = new Map<LockSession, LockSession[]>();
  for (const session of sessions) {
    if (session.blockers.length === 0) continue;
    for (const holder of new Set(holdersOf(session, byPid)))
      waitingFor.set(holder, [...(waitingFor.get(holder) ?? []), session]);
  }
  return [...waitingFor].map(([holder, waiting]) => queueOf(holder, waiting));
};
