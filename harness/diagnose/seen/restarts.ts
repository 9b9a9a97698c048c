/** Parts that ended or were started anew, by what each source shows of it. */
import { formatSeconds, plural } from '../../measure/numbers-in-words.ts';
import { seriesOf, type Series } from '../../measure/tracks/observations.ts';
import type { Seen } from './seen.ts';

export interface Restart {
  part: 'the database' | 'the pooler' | 'the service' | 'sessions';
  atMs: number | null;
  words: string;
  source: string;
}

const within = (series: Series, { span }: Seen): number[] =>
  Array.from(series.tMs.keys()).filter(
    (index) => series.tMs[index]! > span.startMs - 1000 && series.tMs[index]! <= span.endMs,
  );

/** The instant of the first sample for which the rule holds beside the one before. */
const firstWhere = (series: Series, seen: Seen, holds: (value: number, before: number) => boolean): number | null => {
  const index = within(series, seen).find((at) => at > 0 && holds(series.values[at]!, series.values[at - 1]!));
  return index === undefined ? null : series.tMs[index]!;
};

const databaseRestart = (seen: Seen): Restart | null => {
  for (const series of seriesOf(seen.observations, 'postgres.started')) {
    const atMs = firstWhere(series, seen, (value, before) => value > before + 1);
    if (atMs !== null)
      return { part: 'the database', atMs, words: 'the database was started anew', source: 'pg_postmaster_start_time' };
  }
  const lines = seen.errors.lines(
    /database system is (shutting down|starting up|in recovery)|crash of another server process/i,
  );
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

/** Its counters begin at 0 again. */
const poolerRestart = (seen: Seen): Restart | null => {
  for (const series of seriesOf(seen.observations, 'pooler.transactions')) {
    const atMs = firstWhere(series, seen, (value, before) => value < before - 1);
    if (atMs !== null)
      return { part: 'the pooler', atMs, words: "the pooler's counters begin anew", source: 'SHOW STATS' };
  }
  return null;
};

const serviceEnd = (seen: Seen): Restart | null => {
  for (const series of seriesOf(seen.observations, 'service.exits')) {
    const atMs = firstWhere(series, seen, (value, before) => value > before);
    if (atMs !== null)
      return {
        part: 'the service',
        atMs,
        words: `replica ${series.labels['instance']} of the service ended by itself`,
        source: 'its supervisor',
      };
  }
  return null;
};

/** Ended on purpose while the database lived: pg_terminate_backend, a failover, an administrator. */
const endedSessions = (seen: Seen): Restart | null => {
  const count = seen.errors.count('server-restart');
  if (count === 0) return null;
  return {
    part: 'sessions',
    atMs: seen.errors.firstMs('server-restart'),
    words: `${plural(count, 'session was', 'sessions were')} ended by the database`,
    source: 'logs',
  };
};

/** From some instant on nobody listens there, though requests had been served before. */
const serviceGone = ({ requests, span }: Seen): Restart | null => {
  const refused = requests.byCode.get(1212) ?? 0;
  const lastServed = requests.moments.findLast(({ served }) => served > 0);
  const first = requests.moments.find(({ served }) => served > 0);
  if (refused === 0 || lastServed === undefined || first === undefined) return null;
  const dead = requests.moments.find(({ atMs, failed, served }) => atMs > first.atMs && failed > 0 && served === 0);
  if (dead === undefined) return null;
  return {
    part: 'the service',
    atMs: dead.atMs,
    words:
      `the service ended at ${formatSeconds(dead.atMs - span.startMs)}: ` +
      `${plural(refused, 'connection')} refused from then on`,
    source: 'k6',
  };
};

/** What the harness itself did to a part. */
const stepsOf = ({ entry, span }: Seen): Restart[] =>
  entry.steps
    .filter(
      ({ do: what, atMs }) => (what === 'restart' || what === 'roll') && atMs >= span.startMs && atMs <= span.endMs,
    )
    .map(({ title, atMs }) => ({ part: 'the service' as const, atMs, words: title, source: 'the steps of this run' }));

export const restartsOf = (seen: Seen): Restart[] =>
  [
    databaseRestart(seen),
    poolerRestart(seen),
    serviceEnd(seen) ?? serviceGone(seen),
    endedSessions(seen),
    ...stepsOf(seen),
  ].filter((one) => one !== null);
