/** How long a login takes, by what the database shows of it. */
import { seriesOf } from '../../measure/tracks/observations.ts';
import { growthOf, type Window } from '../../measure/tracks/windows.ts';
import { levelOf, type Level } from './levels.ts';
import type { Seen } from './seen.ts';

const fewestLogins = 5;

/** From the start on: a service opens its connections before the load. */
export const sinceTheStart = ({ entry, span }: Seen): Window[] => [
  { startMs: (entry.startedMs ?? 0) - 1, endMs: span.endMs },
];

/** Sessions that are not past their login, before the load too. */
export const startingSessions = (seen: Seen): Level =>
  levelOf(seriesOf(seen.observations, 'postgres.sessions', { state: 'starting' }), sinceTheStart(seen));

/** All the time that sessions were in their login, by their number. Null: too few were seen. */
const loginSeconds = (seen: Seen): number | null => {
  const opened = growthOf(seriesOf(seen.observations, 'postgres.sessions.opened'), sinceTheStart(seen));
  const starting = startingSessions(seen);
  return opened < fewestLogins || starting.peak === 0 ? null : starting.seconds / opened;
};

/** A login asks its client twice (SCRAM), and each question goes there and back. */
const questionsOfALogin = 2;
/** What a slow core adds to one of the two. */
const margin = 1.2;

/** So long a session may sit idle in transaction for nothing but the way to its client. Null: the way is not known. */
export const roundTripSeconds = (seen: Seen): number | null => {
  const login = loginSeconds(seen);
  return login === null ? null : (login / questionsOfALogin) * margin;
};

/** Sessions that were there at a look and not at the one before, added up: those that stayed. */
export const refilled = ({ sessions }: Seen): number => {
  const { values } = sessions.all.samples;
  return values.reduce((total, value, index) => total + Math.max(0, value - (values[index - 1] ?? value)), 0);
};

/** A request asks the database once, or begins, asks and commits: beyond so many ways there and back it does more. */
const mostRoundTrips = 5;
const farSeconds = 0.25;
/** The database waits for its clients, and they hardly for it. */
const mostlyWaits = 5;

/** Half of the answers take no longer than a few ways to the database and back, and it does next to nothing itself. */
export const isOfTheWay = (seen: Seen): boolean => {
  const { sessions, requests } = seen;
  const way = roundTripSeconds(seen) ?? 0;
  const { idleInTransaction, active } = sessions;
  const waits = idleInTransaction.mean > 0 && idleInTransaction.mean >= mostlyWaits * active.mean;
  return waits && way >= farSeconds && (requests.latencyMsP50 ?? 0) / 1000 <= mostRoundTrips * way;
};
