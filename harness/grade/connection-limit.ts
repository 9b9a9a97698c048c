/**
 * What limits the connections of a service, by what was seen: the first answer a stranger's page gives. Looked for from
 * the server outwards, since whoever waits behind a full server waits at the pooler and at the app pool too.
 */
import type { Evidence } from '../result.ts';
import { seriesOf, type Observations, type Series } from '../measure/tracks/observations.ts';
import { samplesWithin, sumAtSamples, type Window } from '../measure/tracks/windows.ts';
import type { JudgedEntry } from './criterion.ts';
import { impatientClients } from './impatient-clients.ts';
import { found, peakOf, type ConnectionLimit, type Peak } from './limit-finding.ts';
import { requestCounts } from './requests.ts';
import { stallLimit } from './stall-limit.ts';
import { loadedWindows } from './judged-windows.ts';
import { formatCount, formatSeconds } from '../measure/numbers-in-words.ts';

const lastOf = (series: readonly Series[]): number | null => series[0]?.values.at(-1) ?? null;

/** A count this near to its limit is at it: samples are a second apart, and the last slot comes and goes. */
const nearlyAll = 0.97;

const slots = ({ observations }: JudgedEntry, windows: readonly Window[]): ConnectionLimit | null => {
  const sessions = peakOf(seriesOf(observations, 'postgres.sessions'), windows);
  const most = lastOf(seriesOf(observations, 'postgres.max_connections'));
  if (sessions === null || most === null) return null;
  const usable = most - (lastOf(seriesOf(observations, 'postgres.reserved_connections')) ?? 0);
  // The two probes are sessions as well, and are not counted among these.
  if (sessions.value + 2 < usable * nearlyAll) return null;
  return found(
    'slots',
    `The database's connection slots are the limit: ${sessions.value} sessions of the service and ` +
      `others, beside 2 probes, with ${usable} slots to be had (max_connections ${most})`,
    sessions.atMs,
    `${sessions.value} sessions at ${formatSeconds(sessions.atMs)}`,
    'pg_stat_activity',
  );
};

const role = ({ observations }: JudgedEntry, windows: readonly Window[]): ConnectionLimit | null => {
  for (const limit of seriesOf(observations, 'postgres.role_limit')) {
    const name = limit.labels['role'] ?? '';
    const most = limit.values.at(-1) ?? -1;
    const sessions = peakOf(seriesOf(observations, 'postgres.sessions', { role: name }), windows);
    if (sessions === null || most <= 0 || sessions.value < most * nearlyAll) continue;
    return found(
      'role-limit',
      `The connection limit of role ${name} is the limit: ${sessions.value} of ${most} sessions`,
      sessions.atMs,
      `${sessions.value} sessions of ${name}`,
      'pg_stat_activity, pg_roles',
    );
  }
  return null;
};

/** Share of samples in which something held: a moment is no limit. */
const shareOf = (
  series: readonly Series[],
  windows: readonly Window[],
  holds: (value: number) => boolean,
): { share: number; peak: Peak | null } => {
  const { values } = sumAtSamples(series, windows);
  return {
    share: values.length === 0 ? 0 : values.filter(holds).length / values.length,
    peak: peakOf(series, windows),
  };
};

/** Held in at least a quarter of the samples. */
const sustainedShare = 0.25;
const heldSeconds = 0.5;

const held = ({ observations }: JudgedEntry, windows: readonly Window[]): ConnectionLimit | null => {
  const ages = shareOf(
    seriesOf(observations, 'postgres.idle_in_transaction.age.max'),
    windows,
    (age) => age > heldSeconds,
  );
  if (ages.share < sustainedShare || ages.peak === null) return null;
  const sessions = peakOf(seriesOf(observations, 'postgres.sessions', { state: 'idle in transaction' }), windows);
  return found(
    'held-transactions',
    'Connections are held in open transactions while nothing runs in them: up to ' +
      `${sessions?.value ?? 'some'} sessions idle in transaction, the longest for ` +
      `${ages.peak.value.toFixed(1)} s. A larger pool would only hide it`,
    ages.peak.atMs,
    `idle in transaction for ${ages.peak.value.toFixed(1)} s`,
    'pg_stat_activity',
  );
};

const pooler = ({ observations }: JudgedEntry, windows: readonly Window[]): ConnectionLimit | null => {
  const waiting = shareOf(
    seriesOf(observations, 'pooler.clients', { state: 'waiting' }),
    windows,
    (clients) => clients > 0,
  );
  if (waiting.share < sustainedShare || waiting.peak === null) return null;
  const active = peakOf(seriesOf(observations, 'pooler.servers', { state: 'active' }), windows);
  return found(
    'pooler',
    `The pooler's pool is the limit: up to ${waiting.peak.value} clients wait for one of its server ` +
      `connections, ${active?.value ?? 'an unknown number'} of which work at most`,
    waiting.peak.atMs,
    `${waiting.peak.value} clients waiting`,
    'SHOW POOLS',
  );
};

const appPoolQueue = 'db.client.connection.pending_requests';

const appPool = ({ observations }: JudgedEntry, windows: readonly Window[]): ConnectionLimit | null => {
  const waiting = shareOf(seriesOf(observations, appPoolQueue), windows, (requests) => requests > 0);
  if (waiting.share < sustainedShare || waiting.peak === null) return null;
  return found(
    'app-pool',
    `The app pool is the limit: up to ${waiting.peak.value} requests of the service wait for one of its connections`,
    waiting.peak.atMs,
    `${waiting.peak.value} waiting`,
    appPoolQueue,
  );
};

const locks = ({ observations }: JudgedEntry, windows: readonly Window[]): ConnectionLimit | null => {
  const waiting = shareOf(seriesOf(observations, 'postgres.locks.waiting'), windows, (sessions) => sessions > 0);
  if (waiting.share < sustainedShare || waiting.peak === null) return null;
  return found(
    'locks',
    `Locks are the limit, not connections: up to ${waiting.peak.value} sessions wait for one`,
    waiting.peak.atMs,
    `${waiting.peak.value} sessions wait for a lock`,
    'pg_locks',
  );
};

const unknown = (because: string, evidence: Evidence[] = []): ConnectionLimit => ({
  kind: 'unknown',
  sentence: `Cannot tell what limits the connections, because ${because}`,
  evidence,
});

/** Of fewer samples of its sessions nothing can be said of the database. */
const fewestSessionSamples = 5;
/** From this share of failed requests on, somebody was kept waiting or turned away. */
const mostFailed = 0.01;

/** Where somebody may wait, and what shows that somebody does. */
const queues = [
  { series: 'postgres.locks.waiting', who: 'sessions waiting for a lock' },
  { series: 'pooler.clients', labels: { state: 'waiting' }, who: 'clients waiting in the pooler' },
  { series: appPoolQueue, who: 'requests waiting for the app pool' },
];

const queueWords = (
  { series, labels, who }: (typeof queues)[number],
  observations: Observations,
  windows: readonly Window[],
): string[] => {
  const most = peakOf(seriesOf(observations, series, labels), windows)?.value;
  if (most === undefined) return [];
  return [most === 0 ? `no ${who}` : `${most} ${who} at most, and not for long`];
};

/** Only of what was seen is anything said: a queue that nobody looked at is not empty. */
const noneSentence = ({ observations }: JudgedEntry, windows: readonly Window[], served: number): string => {
  const peak = peakOf(seriesOf(observations, 'postgres.sessions'), windows)?.value ?? 0;
  const most = lastOf(seriesOf(observations, 'postgres.max_connections'));
  const waiting = queues.flatMap((queue) => queueWords(queue, observations, windows));
  const sessions = `at most ${peak} sessions${most === null ? '' : ` of ${most}`}`;
  const seen = [sessions, ...waiting, `${formatCount(served)} requests served`].join(', ');
  const pool =
    seriesOf(observations, appPoolQueue).length > 0
      ? 'The pool is not your limit at this load'
      : 'Whether anybody waits for the pool inside the service was not seen';
  return `Nothing seen here limits the connections: ${seen}. ${pool}`;
};

/** Where nothing was full: that nothing limits, if enough was seen to say so. */
const noneOrUnknown = (entry: JudgedEntry, windows: readonly Window[]): ConnectionLimit => {
  const { observations, phases } = entry;
  const sessions = seriesOf(observations, 'postgres.sessions');
  const samples = sessions.reduce((total, one) => total + samplesWithin(one, windows).values.length, 0);
  if (samples < fewestSessionSamples) return unknown('the sessions of the database were hardly seen');
  const { ok, expected, error } = requestCounts(observations, phases);
  const served = ok + expected;
  const requests = served + error;
  if (requests === 0)
    return unknown('the script sent no HTTP request, so nothing says whether anybody was kept waiting');
  const peak = peakOf(sessions, windows);
  const evidence: Evidence[] =
    peak === null ? [] : [{ atMs: peak.atMs, text: `at most ${peak.value} sessions`, source: 'pg_stat_activity' }];
  if (error > mostFailed * requests) {
    const failed = `${error} of ${requests} requests failed though nothing seen here was full`;
    return unknown(`${failed}: look into the service's own log, and ask pgsurge why about its words`, evidence);
  }
  return { kind: 'none', sentence: noneSentence(entry, windows, served), evidence };
};

/** One finding, with its evidence. */
export const limitOf = (entry: JudgedEntry): ConnectionLimit => {
  const windows = loadedWindows(entry.phases);
  const stall = stallLimit(entry);
  if (stall?.kind === 'locks') return stall;
  for (const look of [impatientClients, held, slots, role, pooler, appPool, locks]) {
    const limit = look(entry, windows);
    if (limit !== null) return limit;
  }
  return stall ?? noneOrUnknown(entry, windows);
};
