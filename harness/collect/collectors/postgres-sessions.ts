import type { Collector, Sink } from '../collector.ts';
import { groupGauge } from '../group-gauge.ts';
import { holdQuickProbe } from '../probes.ts';
import { readSql } from '../sql.ts';
import { watchSource } from '../source-watch.ts';

interface Row extends Record<string, unknown> {
  role: string;
  application: string;
  state: string;
  wait_event_type: string;
  sessions: number;
  transaction_seconds: number;
  idle_in_transaction_seconds: number;
  statement_seconds: number;
}

const highest = (rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((most, row) => Math.max(most, of(row)), 0);

/** Ages of which the highest of a look is kept. */
const ages: readonly [series: string, of: (row: Row) => number][] = [
  ['postgres.transaction.age.max', (row) => row.transaction_seconds],
  ['postgres.idle_in_transaction.age.max', (row) => row.idle_in_transaction_seconds],
  ['postgres.statement.age.max', (row) => row.statement_seconds],
];

const recorder = (sink: Sink): ((atMs: number, rows: readonly Row[]) => void) => {
  const sessions = groupGauge(sink, 'postgres.sessions');
  const waiting = groupGauge(sink, 'postgres.sessions.waiting');
  return (atMs, rows) => {
    sessions(
      atMs,
      rows.map(({ role, application, state, sessions: value }) => ({ labels: { role, application, state }, value })),
    );
    waiting(
      atMs,
      rows
        .filter((row) => row.wait_event_type !== '')
        .map((row) => ({ labels: { wait_event_type: row.wait_event_type }, value: row.sessions })),
    );
    for (const [series, of] of ages) sink.sample(series, {}, highest(rows, of), atMs);
  };
};

/** A probe without pg_monitor sees NULLs. What it saw is kept, and the source says that this is not all. */
const sayHidden = (rows: readonly Row[]): void => {
  const hidden = rows.filter(({ state }) => state === 'hidden').reduce((total, row) => total + row.sessions, 0);
  if (hidden > 0)
    throw new Error(
      `the state of ${hidden} sessions is hidden from the probe's role; run: GRANT pg_monitor TO <its role>`,
    );
};

export const collector: Collector = {
  id: 'postgres-sessions',
  title: 'Sessions by role, application and state',
  start: async (context) => {
    const probe = await holdQuickProbe(context);
    const record = recorder(context.sink);
    const sql = readSql('sessions');
    return watchSource(
      context,
      'postgres-sessions',
      context.intervalMs,
      async (atMs) => {
        const rows = await probe.value.query<Row>(sql);
        record(atMs, rows);
        sayHidden(rows);
      },
      [probe],
    );
  },
};
