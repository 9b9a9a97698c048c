/** Parts that ended or were started anew, by what each source shows of it. */
import { formatInstant } from '../../measure/load-clock.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import { seriesOf, type Series } from '../../measure/tracks/observations.ts';
import { levelOf, type Level } from './levels.ts';
import type { Restart } from './restart.ts';
import type { Seen } from './seen.ts';

const within = (series: Series, { span }: Seen): number[] =>
  Array.from(series.tMs.keys()).filter(
    (index) => series.tMs[index]! > span.startMs - 1000 && series.tMs[index]! <= span.endMs,
  );

/**
 * The instants of the first sample for which the rule holds beside the one before, and of that one. Where the one
 * before is from before the load, a restart between them may be so, too: it is not told.
 */
const firstWhere = (
  series: Series,
  seen: Seen,
  holds: (value: number, before: number) => boolean,
): { atMs: number; sinceMs: number } | null => {
  const [, ...indices] = within(series, seen);
  const index = indices.find((at) => holds(series.values[at]!, series.values[at - 1]!));
  return index === undefined ? null : { atMs: series.tMs[index]!, sinceMs: series.tMs[index - 1]! };
};

const databaseRestart = (seen: Seen): Restart | null => {
  for (const series of seriesOf(seen.observations, 'postgres.started')) {
    const when = firstWhere(series, seen, (value, before) => value > before + 1);
    if (when !== null)
      return {
        part: 'the database',
        ...when,
        words: 'the database was started anew',
        source: 'pg_postmaster_start_time',
      };
  }
  const lines = seen.errors
    .lines(/database system is (shutting down|starting up|in recovery)|crash of another server process/i)
    .filter(({ atMs }) => atMs > seen.span.startMs);
  const [first] = lines;
  return first === undefined
    ? null
    : {
        part: 'the database',
        atMs: first.atMs,
        words: `the database went away (${plural(lines.length, 'line')} of it)`,
        source: `${first.component} log`,
      };
};

/** Of several one may by now be where it was before. */
const poolerCounters = ['pooler.transactions', 'pooler.queries', 'pooler.from_clients_bytes'];

/** Its counters begin at 0 again. */
const poolerRestart = (seen: Seen): Restart | null => {
  for (const series of poolerCounters.flatMap((name) => seriesOf(seen.observations, name))) {
    const when = firstWhere(series, seen, (value, before) => value < before - 1);
    if (when !== null)
      return { part: 'the pooler', ...when, words: 'the pooler was started anew', source: 'SHOW STATS' };
  }
  return null;
};

const endedWords = (instances: readonly string[]): string =>
  instances.length === 1
    ? `replica ${instances[0]} of the service ended by itself`
    : `replicas ${instances.join(' and ')} of the service ended by themselves`;

/** Of several that end, each is named, and the first tells when. */
const serviceEnd = (seen: Seen): Restart | null => {
  const ends = seriesOf(seen.observations, 'service.exits').flatMap((series) => {
    const when = firstWhere(series, seen, (value, before) => value > before);
    return when === null ? [] : [{ ...when, instance: series.labels['instance'] ?? '?' }];
  });
  const [first] = ends.toSorted((one, other) => one.atMs - other.atMs);
  if (first === undefined) return null;
  return {
    part: 'the service',
    atMs: first.atMs,
    sinceMs: first.sinceMs,
    words: endedWords([...new Set(ends.map(({ instance }) => instance))].toSorted()),
    source: 'its supervisor',
    isByItself: true,
  };
};

/** A level that was there, is gone within a moment, and comes back: those who dialled were started anew. */
const fewestLost = 4;
/** One of two replicas has about half of them. */
const lostShare = 0.4;
const withinMs = 2500;
/** One of two replicas that is killed leaves the other's. */
const backShare = 0.35;
/** A pool that only gives back what it no longer needs opens none anew. */
const fewestAnew = 2;

/** Where it was steady until a moment ago; what comes and goes is no level. */
const levelBefore = (values: readonly number[]): number => {
  const steady = values.slice(0, Math.ceil(values.length / 2));
  const [least, most] = [Math.min(...steady), Math.max(...steady)];
  return least >= 0.8 * most ? least : 0;
};

const collapseOf = ({ samples }: Level): { atMs: number; from: number; to: number } | null => {
  const { tMs, values } = samples;
  for (let index = 1; index < values.length; index += 1) {
    const before = values.findLastIndex((_, at) => at < index && tMs[index]! - tMs[at]! >= withinMs);
    if (before < 0) continue;
    const from = levelBefore(values.slice(before, index));
    const to = values[index]!;
    const isBack = values.slice(index).some((value) => value >= Math.max(backShare * from, to + fewestAnew));
    if (isBack && from - to >= fewestLost && from - to >= lostShare * from) return { atMs: tMs[index]!, from, to };
  }
  return null;
};

/** Opened anew, or left without their client: sessions that were only idle for too long come one by one and are not. */
const isFollowed = ({ levels }: Seen, lost: number): boolean =>
  levels.growth('postgres.sessions.abandoned') >= fewestLost ||
  levels.growth('postgres.sessions.opened') >= lost * 0.5 ||
  levels.has('pooler.clients');

/** Behind a pooler that has clients, the database's sessions are the pooler's and not the service's. */
const ownSessions = ({ observations, windows, pooler }: Seen): Level => {
  const isPooled = (pooler?.clients.peak ?? 0) >= fewestLost;
  const sessions = seriesOf(observations, 'postgres.sessions').filter(({ labels }) => labels['role'] !== '');
  return levelOf(isPooled ? [] : sessions, windows);
};

/** Ended for being idle, or for want of a slot, connections fall just so; and who tells of lost ones was there. */
const isToldOtherwise = ({ errors }: Seen): boolean =>
  errors.count('idle-timeout', 'no-slot') + errors.countBy('service', 'connection-lost') > 0;

/** Logs are read once a second. */
const readMs = 1000;
const mostOfThem = 0.5;

/** Who waits for a login closes what it waited for: those that gave up just then are those that are gone. */
const areGivenUp = (seen: Seen, { atMs, from, to }: { atMs: number; from: number; to: number }): boolean => {
  const firstMs = seen.errors.firstMs('connect-timeout');
  // A fall is seen up to a window after it began.
  const isThen = firstMs !== null && firstMs >= atMs - withinMs - readMs && firstMs <= atMs + readMs;
  return isThen && seen.errors.count('connect-timeout') >= mostOfThem * (from - to);
};

/** The service's own connections, as tap, pooler or database see them. */
const serviceReplaced = (seen: Seen): Restart | null => {
  if (isToldOtherwise(seen)) return null;
  const { observations, windows, entry } = seen;
  const seenBy: [string, Level][] = [
    ['the tap', levelOf(seriesOf(observations, 'tap.connections'), windows)],
    ['SHOW POOLS', levelOf(seriesOf(observations, 'pooler.clients'), windows)],
    ['pg_stat_activity', ownSessions(seen)],
  ];
  for (const [source, level] of seenBy) {
    const collapse = level.peak < fewestLost ? null : collapseOf(level);
    if (collapse === null || !isFollowed(seen, collapse.from - collapse.to) || areGivenUp(seen, collapse)) continue;
    const { atMs, from, to } = collapse;
    const words =
      `the service's connections fall from ${from} to ${to} at ` +
      `${formatInstant(atMs, entry.phases)} and are opened anew`;
    return { part: 'the service', atMs, words, source };
  }
  return null;
};

/** An app pool keeps idle connections: all of them gone with every other session, who had them was started anew. */
const fewestIdle = 4;

const serviceEmptied = (seen: Seen): Restart | null => {
  if (seen.errors.count('idle-timeout', 'no-slot') > 0) return null;
  const { idle, all } = seen.sessions;
  const { tMs, values } = idle.samples;
  const emptied = tMs.filter((at, index) => (values[index - 1] ?? 0) >= fewestIdle && all.at(at) === 0);
  const [atMs] = emptied;
  const isBack = values.some((value, index) => value >= fewestIdle && tMs[index]! > (atMs ?? Infinity));
  if (atMs === undefined || !isBack) return null;
  const words = `all of the service's connections were gone and opened anew ${plural(emptied.length, 'time')}`;
  return { part: 'the service', atMs, words, source: 'pg_stat_activity' };
};

/** Ended on purpose while the database lived: pg_terminate_backend, a failover, an administrator. */
const endedSessions = (seen: Seen): Restart | null => {
  const count = seen.errorsUnderLoad.count('server-restart');
  const firstMs = seen.errorsUnderLoad.firstMs('server-restart');
  if (count === 0) return null;
  return {
    part: 'sessions',
    atMs: firstMs,
    words: `${plural(count, 'session was', 'sessions were')} ended by the database`,
    source: 'logs',
  };
};

/** Exports of one instant come a few ms apart. */
const exportMs = 3000;

/** Nobody listens there for a while, or from some instant to the end, though requests had been served before. */
const serviceGone = ({ requests, span, entry }: Seen): Restart | null => {
  const refused = requests.byCode.get(1212) ?? 0;
  const [first] = requests.moments.filter(({ served }) => served > 0);
  const last = requests.moments.findLast(({ served }) => served > 0);
  if (refused === 0 || first === undefined || last === undefined) return null;
  const isForGood = span.endMs - last.atMs > exportMs;
  const dead = isForGood
    ? last
    : requests.moments.find(({ atMs, failed, served }) => atMs > first.atMs && failed > 0 && served === 0);
  if (dead === undefined) return null;
  return {
    part: 'the service',
    atMs: dead.atMs,
    words:
      `the service ended at ${formatInstant(dead.atMs, entry.phases)}${isForGood ? ' and did not come back' : ''}: ` +
      `${plural(refused, 'connection')} refused from then on`,
    source: 'k6',
    ...(isForGood ? { isForGood } : {}),
  };
};

/** What the harness itself did to a part. Who comes back and is refused a slot fails for that, and not for its roll. */
const stepsOf = ({ entry, span, errors }: Seen): Restart[] =>
  entry.steps
    .filter(({ do: what }) => what === 'restart' || (what === 'roll' && errors.count('no-slot') === 0))
    .filter(({ atMs }) => atMs >= span.startMs && atMs <= span.endMs)
    .map(({ do: what, title, atMs }) => ({
      part: 'the service' as const,
      atMs,
      words: `the service was ${what === 'roll' ? 'rolled out' : 'restarted'} by this run ("${title}")`,
      source: 'the steps of this run',
      isStep: true as const,
    }));

export const restartsOf = (seen: Seen): Restart[] =>
  [
    databaseRestart(seen),
    poolerRestart(seen),
    serviceEnd(seen) ?? serviceGone(seen) ?? serviceReplaced(seen) ?? serviceEmptied(seen),
    endedSessions(seen),
    ...stepsOf(seen),
  ].filter((one) => one !== null);
