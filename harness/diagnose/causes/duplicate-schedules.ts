/** One schedule is registered several times, so its work runs several times. */
import { formatCount, formatNumber, plural } from '../../measure/numbers-in-words.ts';
import { seriesOf, type Series } from '../../measure/tracks/observations.ts';
import type { Cause, Sighting } from '../cause.ts';
import type { Seen } from '../seen/seen.ts';
import { grownWith, startsOf } from '../seen/starts.ts';

interface Duplicates {
  queue: string;
  schedules: number;
  atMs: number;
  source: string;
}

const highest = ({ tMs, values }: Series): { value: number; atMs: number } => {
  const value = Math.max(0, ...values);
  return { value, atMs: tMs[values.indexOf(value)] ?? 0 };
};

/** As the service itself tells. */
const byMetric = ({ observations }: Seen): Duplicates | null => {
  const [most] = seriesOf(observations, 'cron_schedules_total')
    .map((series) => ({ queue: series.labels['queue'] ?? '', ...highest(series) }))
    .toSorted((a, b) => b.value - a.value);
  if (most === undefined || most.value <= 1) return null;
  return { queue: most.queue, schedules: most.value, atMs: most.atMs, source: 'cron_schedules_total' };
};

/** As a query of the scenario found it in the database. */
const bySymptom = ({ entry }: Seen): Duplicates | null => {
  const seen = entry.symptoms.find(
    ({ id, observed, value }) => /schedule/.test(id) && observed === true && (value ?? 0) > 1,
  );
  if (seen === undefined) return null;
  return { queue: '', schedules: seen.value!, atMs: seen.evidence[0]?.atMs ?? 0, source: 'a query of the scenario' };
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Let the database forbid the second one, with a key that NULLs cannot pass, and ' +
    'delete the duplicates before the ' +
    'constraint is made',
  config: { of: 'the database', lines: 'UNIQUE NULLS NOT DISTINCT (queue_name, workspace_id)' },
};

/** As the database shows it: work that no request asked for, more of it with each start. */
const byStarts = (seen: Seen): Sighting | null => {
  const starts = startsOf(seen);
  const grown = starts === null ? null : grownWith(seen);
  if (starts === null || grown === null) return null;
  const { text, first, last } = grown;
  const rates = `${formatNumber(first)} times a second at first and ${formatNumber(last)} at the end`;
  return {
    kind: 'by-starts',
    sentence:
      `Each start of the service adds work that stays (a schedule, a timer, a listener): "${text}" ran ${rates}, ` +
      'while as many requests came',
    number: `${plural(starts.count, 'start')}, ${formatNumber(last / first)} times as many calls`,
    evidence: [
      {
        atMs: starts.endMs,
        text: `sessions of one name gone and back ${starts.count} times`,
        source: 'pg_stat_activity',
      },
      { text: `${text}: ${rates}`, source: 'pg_stat_statements' },
    ],
    remedy,
    harm: { secondsWaited: Math.max(1, last) },
  };
};

const look = (seen: Seen): Sighting | null => {
  const found = byMetric(seen) ?? bySymptom(seen);
  if (found === null) return byStarts(seen);
  const queue = found.queue === '' ? 'one queue' : `queue ${found.queue}`;
  return {
    sentence:
      `One schedule is registered ${formatCount(found.schedules)} times for ${queue}: ` +
      `each start of the service adds one`,
    number: `${formatCount(found.schedules)} schedules where there is to be 1`,
    evidence: [
      { atMs: found.atMs, text: `${formatCount(found.schedules)} schedules of ${queue}`, source: found.source },
    ],
    remedy,
    harm: {},
  };
};

export const cause: Cause = {
  id: 'duplicate-schedules',
  title: 'Schedules that were registered twice',
  rank: 29,
  needs:
    "the service's own count of its schedules, a query on its table, or pg_stat_statements beside sessions that go " +
    'and come back',
  explains: ['app-pool', 'pooler-pool', 'retry-storm', 'login-storm'],
  falseFriends: ['More load: nobody asked for more', 'A larger pool for the bursts'],
  look,
};
